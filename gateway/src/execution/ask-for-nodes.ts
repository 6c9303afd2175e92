import { type DocumentNode, type GraphQLSchema, getNamedType, Kind, type SelectionNode, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { Access, Need } from '../access/read-access.ts'

/** The response name of a field that only the owner of an object can answer. */
export const PROOF = '_exists'
export const NODE = 'Node'

export type Nodes = {
  /** The schema that clients see. */
  apiSchema: GraphQLSchema
  access: Access
  /** Types that may be queried by their id alone, each with a field that only its owner answers. */
  nodes: Readonly<Record<string, string>>
}

/**
 * An object that is queried by its id comes from its owner only: the operation also selects a field of the owner, for every type
 * that the viewer may see. Without this field an id alone would show whether the object exists.
 */
export function askForNodes(
  { apiSchema: schema, access, nodes }: Nodes,
  document: DocumentNode,
  isGranted: (need: Need) => boolean,
): DocumentNode {
  if (!schema.getType(NODE)) return document
  const proofs = Object.entries(nodes).flatMap(([type, field]) =>
    needsOf(access, type, field).every(isGranted) ? [proofOf(type, field)] : [],
  )
  const typeInfo = new TypeInfo(schema)
  return visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: ({ selectionSet, ...field }) =>
        selectionSet && getNamedType(typeInfo.getType())?.name === NODE
          ? { ...field, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, ...proofs] } }
          : undefined,
    }),
  )
}

/** The needs that decide which proofs a document selects; none when it selects no node. */
export function needsOfNodes(nodes: Nodes, document: DocumentNode): Need[] {
  const isAsked = askForNodes(nodes, document, () => true) !== document
  return isAsked ? Object.entries(nodes.nodes).flatMap(([type, field]) => needsOf(nodes.access, type, field)) : []
}

/** An object is found by its id only for a viewer with a read scope. A viewer with a write scope alone gets it from its mutations. */
const needsOf = (access: Access, type: string, field: string): readonly Need[] => [
  ...(access.get(type) ?? []).map(toRead),
  ...(access.get(`${type}.${field}`) ?? []),
]

function toRead(need: Need): Need {
  const reading = need.anyOf.filter((all) => all.every((one) => one.endsWith(':read')))
  return reading.length > 0 ? { ...need, anyOf: reading } : need
}

const nameOf = (value: string) => ({ kind: Kind.NAME, value }) as const

function proofOf(type: string, field: string): SelectionNode {
  const selections = [{ kind: Kind.FIELD, alias: nameOf(PROOF), name: nameOf(field) } as const]
  const typeCondition = { kind: Kind.NAMED_TYPE, name: nameOf(type) } as const
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: { kind: Kind.SELECTION_SET, selections } }
}
