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
import { note, placeBelow, type Tally } from './faults.ts'
import { ABSENT, type Entity } from './step.ts'

/** Stands for a null that is not allowed, after its fault was noted: the parent of such a value becomes null. */
const INVALID = Symbol('invalid')

/** @returns undefined for an object that is not there, which is null where null is allowed */
type Shape = (value: unknown, variables: Variables, tally: Tally) => unknown
/** One selection of a field. A field takes the place of its first selection that is included (specification 6.3.2). */
type ShapedField = { at: number; key: string; wanted: Condition; isRepeated: boolean; shape: Shape }

/**
 * Compiles a function that turns the merged answers of subgraphs into the answer of an operation. The answer has the selected
 * fields only, in their order, with nulls as the schema requires (specification 6.4.4). The function also counts the cost and notes
 * each value that the schema does not allow. Fields of the introspection pass unchanged.
 */
export function compileShape(document: Document, type: GraphQLCompositeType, part: Part): Shape {
  return shapeOfObject(document, type, [part])
}

/** @param name `Type.field` */
function shapeOf(document: Document, name: string, type: GraphQLOutputType, parts: readonly Part[]): Shape {
  if (isNonNullType(type)) return shapeOfNonNull(name, shapeOf(document, name, type.ofType, parts))
  if (isListType(type)) return shapeOfList(name, shapeOf(document, name, type.ofType, parts))
  if (isLeafType(type)) return shapeOfLeaf(name, type)
  return shapeOfComposite(document, name, type, parts)
}

function shapeOfNonNull(name: string, inner: Shape): Shape {
  return (value, variables, tally) => {
    const shaped = value === null ? undefined : inner(value, variables, tally)
    // Of null, what is wrong below has been noted before.
    if (shaped === undefined) note(tally, 'missing', name)
    return shaped ?? INVALID
  }
}

function shapeOfList(name: string, inner: Shape): Shape {
  return (value, variables, tally) => {
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value)) return note(tally, 'wrong', name)
    const shaped = new Array<unknown>(value.length)
    for (let at = 0; at < value.length; at++) {
      const known = tally.faults.length
      const element = inner(value[at], variables, tally)
      if (tally.faults.length > known) placeBelow(tally.faults, known, at)
      if (element === INVALID) return null
      shaped[at] = element ?? null
    }
    return shaped
  }
}

/** A value of another type than the declared one becomes null, since it would break a typed client. */
function shapeOfLeaf(name: string, type: GraphQLLeafType): Shape {
  const isValid = validityOf(type)
  return (value, _variables, tally) => {
    if (value === undefined || value === null) return undefined
    return isValid(value) ? value : note(tally, 'wrong', name)
  }
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
function shapeOfComposite(document: Document, field: string, type: GraphQLCompositeType, parts: readonly Part[]): Shape {
  const [byName, isNode] = [new Map<unknown, Shape>(), type.name === NODE && Object.keys(document.nodes).length > 0]
  const compile = (name: unknown): Shape => {
    const actual = name === undefined ? type : document.schema.getType(String(name))
    const shape: Shape = isCompositeType(actual)
      ? shapeOfObject(document, actual, parts)
      : (_value, _variables, tally) => note(tally, 'wrong', field)
    byName.set(name, shape)
    return shape
  }
  return (value, variables, tally) => {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) return note(tally, 'wrong', field)
    if (isNode && (value as Entity)[PROOF] === undefined) return undefined
    const name = (value as Entity).__typename
    return (byName.get(name) ?? compile(name))(value, variables, tally)
  }
}

function shapeOfObject(document: Document, type: GraphQLCompositeType, parts: readonly Part[]): Shape {
  const fields = collectFields(document, type, parts)
    .flatMap((each) => shapeField(document, type, each))
    .toSorted((one, other) => one.at - other.at)
  return (value, variables, tally) => {
    const shaped: Entity = {}
    for (const { key, wanted, isRepeated, shape } of fields) {
      if (wanted && !wanted(variables)) continue
      if (isRepeated && Object.hasOwn(shaped, key)) continue
      const known = tally.faults.length
      const field = shape((value as Entity)[key], variables, tally)
      if (tally.faults.length > known) placeBelow(tally.faults, known, key)
      if (field === INVALID) return isAbsent(value as Entity, key, tally, known) ? undefined : null
      shaped[key] = field ?? null
    }
    return shaped
  }
}

/** Whether a field is missing because its subgraph has no such object, so that the object itself is null. */
function isAbsent(value: Entity, key: string, { faults }: Tally, from: number): boolean {
  const is = value[ABSENT] === true && value[key] === undefined
  if (is) for (let at = from; at < faults.length; at++) faults[at]!.kind = 'absent'
  return is
}

/** One entry for each selection that may decide the place of a field: none after the first that is always included. */
function shapeField(document: Document, type: GraphQLCompositeType, { key, name, selections }: Collected): ShapedField[] {
  // A single selection decides for the whole field; each of several selections decides for its inner fields.
  const parts = selections.length === 1 ? [{ ...selections[0]!, condition: undefined }] : selections
  const shape = shapeOfField(document, type, name, parts)
  const sure = selections.findIndex(({ condition }) => !condition)
  return selections
    .slice(0, sure < 0 ? undefined : sure + 1)
    .map(({ at, condition }, no) => ({ at, key, wanted: condition, isRepeated: no > 0, shape }))
}

function shapeOfField(document: Document, type: GraphQLCompositeType, name: string, parts: readonly Part[]): Shape {
  if (name === '__schema' || name === '__type') return (value) => value ?? null
  const coordinate = `${type.name}.${name}`
  if (name === '__typename')
    return isObjectType(type) ? () => type.name : (_value, _variables, tally) => note(tally, 'missing', coordinate) ?? INVALID
  const field = 'getFields' in type ? type.getFields()[name] : undefined
  // Such a field is never shown, even when a subgraph was queried for it on behalf of another field.
  if (field && !document.isAllowed(coordinate)) return () => (isNonNullType(field.type) ? INVALID : null)
  return field ? shapeAndCount(document, coordinate, field.type, parts) : () => null
}

/** Ids are plain between services; clients get them with their type. */
function shapeOfId(type: string, inner: Shape): Shape {
  const write = (value: unknown): unknown =>
    typeof value === 'string' ? writeGlobalId(type, value) : Array.isArray(value) ? value.map(write) : value
  return (value, variables, tally) => write(inner(value, variables, tally))
}

function shapeAndCount(document: Document, name: string, type: GraphQLOutputType, parts: readonly Part[]): Shape {
  const [plain, idType, weight] = [
    shapeOf(document, name, type, parts),
    document.idTypes.get(name),
    document.weightOf(name, getNamedType(type)),
  ]
  const shape = idType ? shapeOfId(idType, plain) : plain
  if (weight === 0) return shape
  // A null value was queried as well, so it costs the same; a list costs its elements.
  const timesOf = isListType(getNullableType(type)) ? (value: unknown) => (Array.isArray(value) ? value.length : 0) : () => 1
  return (value, variables, tally) => {
    tally.points += weight * timesOf(value)
    return shape(value, variables, tally)
  }
}
