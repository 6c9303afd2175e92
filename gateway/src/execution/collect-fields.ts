import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { IdTypes } from './read-id-types.ts'

export type Variables = Record<string, unknown>
/** Decides whether a selection is included; undefined when it always is. */
export type Condition = ((variables: Variables) => boolean) | undefined

/** All selections of one response name, merged by the rules of GraphQL (specification 6.3.2). */
export type Collected = { key: string; name: string; selections: (Part & { at: number })[] }
/** A selection set, and the condition under which it counts. */
export type Part = { condition: Condition; selectionSet: SelectionSetNode | undefined }
export type Document = {
  schema: GraphQLSchema
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** @param field `Type.field` */
  isAllowed: (field: string) => boolean
  /** The cost of a value. @param field `Type.field` */
  weightOf: (field: string, type: GraphQLNamedType) => number
  idTypes: IdTypes
  nodes: Readonly<Record<string, string>>
}

export const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])))

/** The fields to answer for an object of a type. The order of their selections is `at`: it decides the order of the fields. */
export function collectFields(document: Document, type: GraphQLCompositeType, parts: readonly Part[]): Collected[] {
  const found = new Map<string, Collected>()
  let at = 0
  const visit = ({ condition, selectionSet }: Part): void => {
    for (const selection of selectionSet?.selections ?? []) {
      const wanted = both(condition, conditionOf(selection))
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        const known = found.get(key)
        const part = { at: at++, condition: wanted, selectionSet: selection.selectionSet }
        if (known) known.selections.push(part)
        else found.set(key, { key, name: selection.name.value, selections: [part] })
      } else {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? document.fragments.get(selection.name.value)! : selection
        if (applies(document.schema, fragment.typeCondition?.name.value, type))
          visit({ condition: wanted, selectionSet: fragment.selectionSet })
      }
    }
  }
  for (const part of parts) visit(part)
  return [...found.values()]
}

function applies(schema: GraphQLSchema, condition: string | undefined, type: GraphQLCompositeType): boolean {
  if (condition === undefined || condition === type.name) return true
  const wanted = schema.getType(condition)
  return isCompositeType(wanted) && isAbstractType(wanted) && 'getFields' in type && schema.isSubType(wanted, type)
}

/** Whether `@skip` and `@include` include a selection. */
export function conditionOf(selection: SelectionNode): Condition {
  let condition: Condition
  for (const { name, arguments: given } of selection.directives ?? []) {
    const value = given?.[0]?.value
    if ((name.value !== 'skip' && name.value !== 'include') || !value) continue
    const wanted = name.value === 'include'
    const one =
      value.kind === Kind.VARIABLE
        ? (variables: Variables) => (variables[value.name.value] === true) === wanted
        : () => (value.kind === Kind.BOOLEAN && value.value) === wanted
    condition = both(condition, one)
  }
  return condition
}

export const both = (first: Condition, second: Condition): Condition =>
  first && second ? (variables) => first(variables) && second(variables) : (first ?? second)
