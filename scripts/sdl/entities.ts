import {
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  specifiedScalarTypes,
  type TypeNode,
} from 'graphql'

/**
 * The entities that a service owns: it defines their type, where other services extend it.
 * @param document the SDL of a service, extensions not merged
 * @returns by type, a field that the owner alone answers, to each viewer who may see the type
 * @throws Error for an entity without such a field: nothing would prove that its id leads anywhere
 */
export function entitiesOf({ definitions }: DocumentNode): Record<string, string> {
  const leaves = new Set([
    ...specifiedScalarTypes.map(({ name }) => name),
    ...definitions.flatMap((one) =>
      one.kind === Kind.SCALAR_TYPE_DEFINITION || one.kind === Kind.ENUM_TYPE_DEFINITION ? [one.name.value] : [],
    ),
  ])
  return Object.fromEntries(definitions.filter(isEntity).map((type) => [type.name.value, proofOf(type, leaves)]))
}

const isEntity = (one: DefinitionNode): one is ObjectTypeDefinitionNode =>
  one.kind === Kind.OBJECT_TYPE_DEFINITION && Boolean(one.directives?.some(({ name }) => name.value === 'key'))

function proofOf({ name, fields = [] }: ObjectTypeDefinitionNode, leaves: ReadonlySet<string>): string {
  const proof = fields.find((field) => field.name.value !== 'id' && leaves.has(nameOf(field)) && isOpen(field))
  if (!proof) throw new Error(`${name.value} needs a field besides id that is a scalar or an enum and needs no scope of its own`)
  return proof.name.value
}

/** Whether each viewer who may see the type may see the field. */
const isOpen = ({ arguments: given = [], directives = [] }: FieldDefinitionNode) =>
  given.length === 0 && !directives.some(({ name }) => name.value === 'requiresScopes' || name.value === 'policy')

function nameOf({ type }: FieldDefinitionNode): string {
  let inner: TypeNode = type
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type
  return inner.name.value
}
