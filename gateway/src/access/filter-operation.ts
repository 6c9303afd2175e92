import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isListType,
  isNonNullType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { both, type Condition, conditionOf, fragmentsOf } from '../execution/collect-fields.ts'
import type { Access, Need } from './read-access.ts'

/** A selection that a viewer may not make. `@` in its path stands for every element of a list. */
export type Denied = { path: readonly string[]; need: Need; wanted: Condition }

export type Filtered = {
  document: DocumentNode
  denied: readonly Denied[]
  /** Every need that was checked, granted or not. */
  needs: ReadonlySet<Need>
}

type Walk = {
  schema: GraphQLSchema
  access: Access
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  isGranted: (need: Need) => boolean
  denied: Denied[]
  needs: Set<Need>
}
type Place = { path: readonly string[]; wanted: Condition }

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/**
 * Removes from an operation the selections that a viewer may not make, before the operation is planned. An object whose fields
 * were all removed is still queried: the viewer may know that it exists.
 */
export function filterOperation(
  schema: GraphQLSchema,
  access: Access,
  document: DocumentNode,
  name: string | undefined,
  isGranted: Walk['isGranted'],
): Filtered {
  const operation = getOperationAST(document, name)!
  const fragments = fragmentsOf(document)
  const walk: Walk = { schema, access, fragments, isGranted, denied: [], needs: new Set() }
  const root = schema.getRootType(operation.operation)!
  const selectionSet = filterSet(walk, operation.selectionSet, root, { path: [], wanted: undefined })
  return { document: { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] }, denied: walk.denied, needs: walk.needs }
}

function filterSet(walk: Walk, { selections }: SelectionSetNode, type: GraphQLCompositeType, place: Place): SelectionSetNode {
  const left = selections.flatMap((selection) => {
    const inner = { path: place.path, wanted: both(place.wanted, conditionOf(selection)) }
    return selection.kind === Kind.FIELD ? filterField(walk, selection, type, inner) : filterFragment(walk, selection, type, inner)
  })
  return { kind: Kind.SELECTION_SET, selections: left.length > 0 ? left : [TYPENAME] }
}

function filterFragment(
  walk: Walk,
  selection: Exclude<SelectionNode, FieldNode>,
  type: GraphQLCompositeType,
  place: Place,
): SelectionNode[] {
  const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? walk.fragments.get(selection.name.value)! : selection
  const { typeCondition } = fragment
  if (typeCondition && typeCondition.name.value !== type.name && isDenied(walk, typeCondition.name.value, place)) return []
  const inner = typeCondition ? (walk.schema.getType(typeCondition.name.value) as GraphQLCompositeType) : type
  const selectionSet = filterSet(walk, fragment.selectionSet, inner, place)
  const { directives } = selection
  return [{ kind: Kind.INLINE_FRAGMENT, ...(typeCondition && { typeCondition }), ...(directives && { directives }), selectionSet }]
}

function filterField(walk: Walk, field: FieldNode, type: GraphQLCompositeType, { path: above, wanted }: Place): SelectionNode[] {
  const path = [...above, field.alias?.value ?? field.name.value]
  if (isDenied(walk, `${type.name}.${field.name.value}`, { path, wanted })) return []
  const returned = 'getFields' in type ? type.getFields()[field.name.value]?.type : undefined
  if (!field.selectionSet || !returned) return [field]
  const inner = { path: [...path, ...listsOf(returned)], wanted }
  return [{ ...field, selectionSet: filterSet(walk, field.selectionSet, getNamedType(returned) as GraphQLCompositeType, inner) }]
}

function isDenied(walk: Walk, what: string, { path, wanted }: Place): boolean {
  const needs = walk.access.get(what) ?? []
  for (const need of needs) walk.needs.add(need)
  const missing = needs.find((need) => !walk.isGranted(need))
  if (missing) walk.denied.push({ path, need: missing, wanted })
  return missing !== undefined
}

function listsOf(type: GraphQLOutputType): string[] {
  if (isNonNullType(type)) return listsOf(type.ofType)
  return isListType(type) ? ['@', ...listsOf(type.ofType)] : []
}
