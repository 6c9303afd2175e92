import { type DocumentNode, type GraphQLSchema, getNamedType, Kind, type SelectionNode, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { Access, Need } from '../access/read-access.ts'

/** The name of an answer that only the owner of something gives. */
export const PROOF = '_exists'
export const NODE = 'Node'

export type Nodes = {
  /** What clients see. */
  apiSchema: GraphQLSchema
  access: Access
  /** Types that may be asked for by their id alone, each with a field that its owner alone answers. */
  nodes: Readonly<Record<string, string>>
}

/**
 * Who asks for something by its id gets it from its owner only: beside what is selected, a field of the owner is asked for,
 * of every type that the viewer may see. Without it an id would do to be told that there is such a thing.
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

/** On what it depends which proofs are asked for in a document; on nothing where no node is. */
export function needsOfNodes(nodes: Nodes, document: DocumentNode): Need[] {
  const isAsked = askForNodes(nodes, document, () => true) !== document
  return isAsked ? Object.entries(nodes.nodes).flatMap(([type, field]) => needsOf(nodes.access, type, field)) : []
}

/** An id alone opens something to who may read such things; who may only write them gets them back from what they write. */
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
