import { policyKey } from '@renmai/platform/serve/viewer'
import { type ASTNode, type DocumentNode, Kind, parse, type TypeNode, type ValueNode } from 'graphql'

/** One condition of access: a viewer needs every scope or policy of any one of the inner lists. */
export type Need = { readonly text: string; readonly anyOf: readonly (readonly string[])[] }

/** All conditions that a field (`Type.field`) or a fragment (`Type`) sets for a viewer, besides authentication. */
export type Access = ReadonlyMap<string, readonly Need[]>

/** No viewer has this grant: a condition that is not written as a text cannot be met. */
const NEVER = policyKey('never')

/**
 * Reads `@requiresScopes` and `@policy` of a composed schema, from fields and from the types that they return.
 * `@authenticated` needs no entry: an unknown caller is refused before any operation. Composition has merged the declarations of
 * several subgraphs into the stricter one, and the needs of implementations into the needs of their interface (federation
 * specification, "Access control").
 * @param open an interface that every viewer may query, since the concrete type of each object has its own guard
 */
export function readAccess(sdl: string, open?: string): Access {
  const document = parse(sdl)
  const byText = new Map<string, Need>()
  // Equal needs of many places are one object: whether a viewer meets it is decided once for an operation.
  const needsOf = (node: ASTNode) => readNeeds(node).map((need) => byText.get(need.text) ?? (byText.set(need.text, need), need))
  const ofType = new Map(
    document.definitions.flatMap((one) => ('name' in one && one.name ? [[one.name.value, needsOf(one)] as const] : [])),
  )
  if (open) ofType.delete(open)
  const ofField = fieldsOf(document).map(([name, node, type]) => [name, [...needsOf(node), ...(ofType.get(type) ?? [])]] as const)
  return new Map([...ofType, ...ofField].filter(([, needs]) => needs.length > 0))
}

function fieldsOf(document: DocumentNode): [name: string, node: ASTNode, type: string][] {
  return document.definitions.flatMap((one) => {
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION && one.kind !== Kind.INTERFACE_TYPE_DEFINITION) return []
    return (one.fields ?? []).map((field): [string, ASTNode, string] => [
      `${one.name.value}.${field.name.value}`,
      field,
      nameOf(field.type),
    ])
  })
}

const nameOf = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type))

function readNeeds(node: ASTNode): Need[] {
  const directives = 'directives' in node ? node.directives : undefined
  return (directives ?? []).flatMap(({ name, arguments: given }) => {
    const isPolicy = name.value === 'policy'
    if (!isPolicy && name.value !== 'requiresScopes') return []
    const named = (one: ValueNode) => (one.kind !== Kind.STRING ? NEVER : isPolicy ? policyKey(one.value) : one.value)
    const anyOf = listOf(given?.[0]?.value).map((all) => listOf(all).map(named))
    return [{ text: anyOf.map((all) => all.join(' and ')).join(' or '), anyOf }]
  })
}

const listOf = (value: ValueNode | undefined): readonly ValueNode[] => (value?.kind === Kind.LIST ? value.values : [])

/** @param grants the scopes and policies of a viewer, as `grantsOf` returns them */
export const isMet = ({ anyOf }: Need, grants: ReadonlySet<string>): boolean => anyOf.some((all) => all.every((one) => grants.has(one)))
