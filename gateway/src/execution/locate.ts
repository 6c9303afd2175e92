import { type DocumentNode, type FieldNode, getOperationAST, Kind, type SelectionSetNode } from 'graphql'
import { conditionOf, fragmentsOf, type Variables } from './collect-fields.ts'

/**
 * Finds the selections of a field in a document.
 * @param path of the field in the answer
 * @param name of the field; the path has its response name
 */
export function locate(
  document: DocumentNode,
  operationName: string | undefined,
  path: readonly (string | number)[],
  name: string,
  variables: Variables,
): FieldNode[] {
  const fragments = fragmentsOf(document)
  const find = (set: SelectionSetNode | undefined, key: string): FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (conditionOf(selection)?.(variables) === false) return []
      if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value === key ? [selection] : []
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      return find(fragment?.selectionSet, key)
    })
  let [sets, found]: [(SelectionSetNode | undefined)[], FieldNode[]] = [[getOperationAST(document, operationName)?.selectionSet], []]
  for (const key of path) {
    if (typeof key === 'number') continue
    found = sets.flatMap((set) => find(set, key))
    sets = found.map(({ selectionSet }) => selectionSet)
  }
  return found.filter((field) => field.name.value === name)
}
