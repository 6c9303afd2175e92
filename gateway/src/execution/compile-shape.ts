import { writeGlobalId } from '@renmai/platform/serve/global-id'
import {
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { NODE, PROOF } from './ask-for-nodes.ts'
import { type Collected, type Condition, collectFields, type Document, type Part, type Variables } from './collect-fields.ts'
import type { Entity } from './step.ts'

/** Stands for a null that is not allowed: the parent of such a value becomes null. */
const INVALID = Symbol('invalid')

/** The actual cost of an answer, in points. */
export type Tally = { points: number }
type Shape = (value: unknown, variables: Variables, tally: Tally) => unknown
type ShapedField = { key: string; wanted: Condition; shape: Shape }

/**
 * Compiles a function that turns the merged answers of subgraphs into the answer of an operation. The answer has the selected
 * fields only, in their order, with nulls as the schema requires (specification 6.4.4). The function also counts the cost.
 * Fields of the introspection pass unchanged.
 */
export function compileShape(document: Document, type: GraphQLCompositeType, part: Part): Shape {
  return shapeOfObject(document, type, [part])
}

function shapeOf(document: Document, type: GraphQLOutputType, parts: readonly Part[]): Shape {
  if (isNonNullType(type)) {
    const inner = shapeOf(document, type.ofType, parts)
    return (value, variables, tally) => inner(value, variables, tally) ?? INVALID
  }
  if (isListType(type)) return shapeOfList(shapeOf(document, type.ofType, parts))
  if (isLeafType(type)) return shapeOfLeaf(type)
  return shapeOfComposite(document, type, parts)
}

function shapeOfList(inner: Shape): Shape {
  return (value, variables, tally) => {
    if (!Array.isArray(value)) return null
    const shaped = new Array<unknown>(value.length)
    for (let at = 0; at < value.length; at++) {
      const element = inner(value[at], variables, tally)
      if (element === INVALID) return null
      shaped[at] = element
    }
    return shaped
  }
}

/** A value of another type than the declared one becomes null, since it would break a typed client. */
function shapeOfLeaf(type: GraphQLLeafType): Shape {
  const isValid = validityOf(type)
  return (value) => (value !== undefined && value !== null && isValid(value) ? value : null)
}

function validityOf(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) {
    const names = new Set<unknown>(type.getValues().map(({ name }) => name))
    return (value) => names.has(value)
  }
  if (type.name === 'Boolean') return (value) => typeof value === 'boolean'
  if (type.name === 'Int') return Number.isSafeInteger
  if (type.name === 'Float') return Number.isFinite
  if (type.name === 'String') return (value) => typeof value === 'string'
  if (type.name === 'ID') return (value) => typeof value === 'string' || Number.isSafeInteger(value)
  return () => true
}

/** Compiled for each type that occurs: a field of an interface or a union returns several types. */
function shapeOfComposite(document: Document, type: GraphQLCompositeType, parts: readonly Part[]): Shape {
  const [byName, isNode] = [new Map<unknown, Shape>(), type.name === NODE && Object.keys(document.nodes).length > 0]
  const compile = (name: unknown): Shape => {
    const actual = name === undefined ? type : document.schema.getType(String(name))
    const shape: Shape = isCompositeType(actual) ? shapeOfObject(document, actual, parts) : () => null
    byName.set(name, shape)
    return shape
  }
  return (value, variables, tally) => {
    if (typeof value !== 'object' || value === null) return null
    if (isNode && (value as Entity)[PROOF] === undefined) return null
    const name = (value as Entity).__typename
    return (byName.get(name) ?? compile(name))(value, variables, tally)
  }
}

function shapeOfObject(document: Document, type: GraphQLCompositeType, parts: readonly Part[]): Shape {
  const fields = collectFields(document, type, parts).map((each) => shapeField(document, type, each))
  return (value, variables, tally) => {
    const shaped: Entity = {}
    for (const { key, wanted, shape } of fields) {
      if (wanted && !wanted(variables)) continue
      const field = shape((value as Entity)[key], variables, tally)
      if (field === INVALID) return null
      shaped[key] = field
    }
    return shaped
  }
}

function shapeField(document: Document, type: GraphQLCompositeType, { key, name, selections }: Collected): ShapedField {
  const wanted = selections.every(({ condition }) => condition)
    ? (variables: Variables) => selections.some(({ condition }) => condition!(variables))
    : undefined
  // A single selection decides for the whole field; each of several selections decides for its inner fields.
  const parts = selections.length === 1 ? [{ ...selections[0]!, condition: undefined }] : selections
  return { key, wanted, shape: shapeOfField(document, type, name, parts) }
}

function shapeOfField(document: Document, type: GraphQLCompositeType, name: string, parts: readonly Part[]): Shape {
  if (name === '__schema' || name === '__type') return (value) => value ?? null
  if (name === '__typename') return isObjectType(type) ? () => type.name : () => INVALID
  const field = 'getFields' in type ? type.getFields()[name] : undefined
  // Such a field is never shown, even when a subgraph was queried for it on behalf of another field.
  if (field && !document.isAllowed(`${type.name}.${name}`)) return () => (isNonNullType(field.type) ? INVALID : null)
  return field ? shapeAndCount(document, `${type.name}.${name}`, field.type, parts) : () => null
}

/** Ids are plain between services; clients get them with their type. */
function shapeOfId(type: string, inner: Shape): Shape {
  const write = (value: unknown): unknown =>
    typeof value === 'string' ? writeGlobalId(type, value) : Array.isArray(value) ? value.map(write) : value
  return (value, variables, tally) => write(inner(value, variables, tally))
}

function shapeAndCount(document: Document, name: string, type: GraphQLOutputType, parts: readonly Part[]): Shape {
  const [plain, idType, weight] = [shapeOf(document, type, parts), document.idTypes.get(name), document.weightOf(name, getNamedType(type))]
  const shape = idType ? shapeOfId(idType, plain) : plain
  if (weight === 0) return shape
  // A null value was queried as well, so it costs the same; a list costs its elements.
  const timesOf = isListType(getNullableType(type)) ? (value: unknown) => (Array.isArray(value) ? value.length : 0) : () => 1
  return (value, variables, tally) => {
    tally.points += weight * timesOf(value)
    return shape(value, variables, tally)
  }
}
