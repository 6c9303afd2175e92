import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import { rootFieldsOf } from '../documents/limits.ts'
import { conditionOf, fragmentsOf, type Variables } from '../execution/collect-fields.ts'
import { compileInputs } from './compile-inputs.ts'
import { introspectionCost } from './introspection.ts'
import { ASSUMED_SIZE, type ListSize, type Weights, weightOf } from './read-weights.ts'

export type Cost = {
  /** The part of the cost that does not depend on the answer, in points. @param variables as they came */
  base: (variables: Variables) => number
  /** The highest possible cost, in points. @param variables as they came */
  atMost: (variables: Variables) => number
}

/** The greatest length of a page; a subgraph refuses to return a longer one. */
const MAX_PAGE = 100
const MUTATION = 10

type Compiling = {
  schema: GraphQLSchema
  weights: Weights
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
}
/** The fields whose length is given by a field above them (`sizedFields`). */
type Sized = { fields: readonly string[]; size: number } | undefined
type Part = (variables: Variables, sized: Sized) => number

/**
 * Compiles the cost of an operation into a function of its variables (GraphQL Cost Directives specification, IBM). An object
 * costs 1, or its `@cost`. A leaf costs 0. The cost of a list's elements is multiplied by the greatest length of the list. A
 * mutation costs 10 more, and a field of an input costs its `@cost`. A selection that `@skip` or `@include` leaves out costs
 * nothing; a field selected twice counts twice. Only for documents with a limited number of fields.
 */
export function compileCost(schema: GraphQLSchema, weights: Weights, document: DocumentNode, operationName: string | undefined): Cost {
  const operation = getOperationAST(document, operationName)!
  const compiling = { schema, weights, fragments: fragmentsOf(document) }
  const total = compileSet(compiling, operation.selectionSet, schema.getRootType(operation.operation)!)
  const baseOfAll = compileBase(compiling, operation)
  const defaults = defaultsOf(operation)
  const base = (variables: Variables) => baseOfAll({ ...defaults, ...variables })
  return { base, atMost: (variables) => base(variables) + total({ ...defaults, ...variables }, undefined) }
}

/** The cost that does not depend on the answer: of each mutation, of introspection, and of the inputs. */
function compileBase({ schema, weights, fragments }: Compiling, operation: OperationDefinitionNode): (variables: Variables) => number {
  const fields = rootFieldsOf(operation.selectionSet, (name) => fragments.get(name))
  const introspections = fields.filter(({ name }) => /^__(schema|type)$/.test(name.value))
  const mutations = operation.operation === OperationTypeNode.MUTATION ? MUTATION * fields.length : 0
  const fixed = introspections.reduce((sum, field) => sum + introspectionCost(schema, field, fragments), mutations)
  const inputs = compileInputs(weights, schema.getRootType(operation.operation)!, fields)
  return (variables) => fixed + inputs(variables)
}

const defaultsOf = ({ variableDefinitions }: OperationDefinitionNode): Variables =>
  Object.fromEntries(
    (variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )

function compileSet(compiling: Compiling, { selections }: SelectionSetNode, type: GraphQLCompositeType): Part {
  const parts = selections.flatMap((selection) => compileSelection(compiling, selection, type) ?? [])
  return (variables, sized) => {
    let sum = 0
    for (const part of parts) sum += part(variables, sized)
    return sum
  }
}

function compileSelection(compiling: Compiling, selection: SelectionNode, type: GraphQLCompositeType): Part | undefined {
  const part = selection.kind === Kind.FIELD ? compileField(compiling, selection, type) : compileFragment(compiling, selection, type)
  const wanted = conditionOf(selection)
  return part && wanted ? (variables, sized) => (wanted(variables) ? part(variables, sized) : 0) : part
}

function compileFragment(compiling: Compiling, selection: Exclude<SelectionNode, FieldNode>, type: GraphQLCompositeType): Part {
  const typeOf = (name: string | undefined) => (name ? (compiling.schema.getType(name) as GraphQLCompositeType) : type)
  if (selection.kind === Kind.INLINE_FRAGMENT)
    return compileSet(compiling, selection.selectionSet, typeOf(selection.typeCondition?.name.value))
  const fragment = compiling.fragments.get(selection.name.value)!
  return compileSet(compiling, fragment.selectionSet, typeOf(fragment.typeCondition.name.value))
}

/** @returns undefined for a leaf, which costs nothing */
function compileField(compiling: Compiling, field: FieldNode, parent: GraphQLCompositeType): Part | undefined {
  const [name, { sizes }] = [field.name.value, compiling.weights]
  const type = 'getFields' in parent ? parent.getFields()[name]?.type : undefined
  if (!type) return undefined
  const named = getNamedType(type)
  const own = weightOf(compiling.weights, `${parent.name}.${name}`, named)
  const inner = field.selectionSet && isCompositeType(named) ? compileSet(compiling, field.selectionSet, named) : () => 0
  if (own === 0 && !field.selectionSet) return undefined
  const list = sizes.get(`${parent.name}.${name}`)
  if (list && list.sized.length > 0) {
    const size = compileSize(field, list)
    return (variables) => own + inner(variables, { fields: list.sized, size: size(variables) })
  }
  if (!isList(type)) return (variables) => own + inner(variables, undefined)
  const size = list ? compileSize(field, list) : () => ASSUMED_SIZE
  return (variables, sized) => (sized?.fields.includes(name) ? sized.size : size(variables)) * (own + inner(variables, undefined))
}

const isList = (type: GraphQLOutputType) => isListType(getNullableType(type))

function compileSize(field: FieldNode, { assumed, slicing }: ListSize): (variables: Variables) => number {
  const given = (field.arguments ?? []).filter(({ name }) => slicing.includes(name.value)).map(({ value }) => value)
  return (variables) => {
    const sizes = given.map((value) => numberOf(value, variables)).filter((size) => size !== undefined)
    return sizes.length > 0 ? Math.min(Math.max(...sizes, 0), MAX_PAGE) : assumed
  }
}

function numberOf(value: ValueNode, variables: Variables): number | undefined {
  const found = value.kind === Kind.VARIABLE ? variables[value.name.value] : value.kind === Kind.INT ? Number(value.value) : undefined
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}
