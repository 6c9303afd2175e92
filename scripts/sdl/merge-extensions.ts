import { type DefinitionNode, type DocumentNode, Kind, type ObjectTypeDefinitionNode, type ObjectTypeExtensionNode, print } from 'graphql'

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode

const ROOTS: ReadonlyMap<string, string> = new Map([
  ['Query', 'Everything that can be read.'],
  ['Mutation', 'Everything that can be changed. Each mutation takes one input and returns one payload.'],
  ['Subscription', 'What changes, as it changes. Webhooks deliver the same.'],
])

/**
 * Merges the extensions of an object type, which stand in several features, into one definition. A type that is extended and defined
 * nowhere is a root, or an entity of another service with the key `id`.
 * @throws Error for a type that is defined twice, or public in a part of its blocks
 */
export function mergeExtensions({ definitions, ...document }: DocumentNode): DocumentNode {
  const byName = Map.groupBy(definitions.filter(isObject), ({ name }) => name.value)
  return { ...document, definitions: [...definitions.filter((one) => !isObject(one)), ...[...byName.values()].map(merge)] }
}

const isObject = (one: DefinitionNode): one is ObjectNode =>
  one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.OBJECT_TYPE_EXTENSION

function merge(nodes: ObjectNode[]): ObjectTypeDefinitionNode {
  const { name } = nodes[0]!
  const [own, ...others] = nodes.filter((one) => one.kind === Kind.OBJECT_TYPE_DEFINITION)
  if (others.length > 0) throw new Error(`${name.value} is defined twice`)
  // A tag covers all fields of the type, also those of a block that leaves it out.
  if (nodes.some(isPublic) && !nodes.every(isPublic)) throw new Error(`${name.value} is public in some of its blocks only: tag all or none`)
  const all = own || ROOTS.has(name.value) ? nodes : [entityOf(name), ...nodes]
  const directives = all.flatMap((one) => one.directives ?? [])
  return {
    kind: Kind.OBJECT_TYPE_DEFINITION,
    name,
    description: own?.description ?? describe(ROOTS.get(name.value)),
    interfaces: all.flatMap((one) => one.interfaces ?? []),
    // Each feature that extends a public type repeats its tag.
    directives: [...new Map(directives.map((one) => [print(one), one])).values()],
    fields: all.flatMap((one) => one.fields ?? []),
  }
}

const isPublic = ({ directives = [] }: ObjectNode) => directives.some((one) => print(one) === '@tag(name: "public")')

const describe = (value: string | undefined) => (value ? ({ kind: Kind.STRING, value } as const) : undefined)

const named = (value: string) => ({ kind: Kind.NAME, value }) as const

const entityOf = (name: ObjectNode['name']): ObjectTypeDefinitionNode => ({
  kind: Kind.OBJECT_TYPE_DEFINITION,
  name,
  directives: [
    {
      kind: Kind.DIRECTIVE,
      name: named('key'),
      arguments: [{ kind: Kind.ARGUMENT, name: named('fields'), value: { kind: Kind.STRING, value: 'id' } }],
    },
  ],
  fields: [
    {
      kind: Kind.FIELD_DEFINITION,
      name: named('id'),
      type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: named('ID') } },
    },
  ],
})
