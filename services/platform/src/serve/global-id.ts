import {
  defaultFieldResolver,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql'
import { foldId, isId } from './ids.ts'

/** An id as clients see it: what it is an id of, and ours. */
export type GlobalId = { type: string; id: string }

/** Writes an id so that it says what it is an id of; clients take it as it is (Relay, "Global Object Identification"). */
export const writeGlobalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url')

/** @returns nothing for what is no such id */
export function readGlobalId(text: string): GlobalId | undefined {
  const [type, id, ...more] = Buffer.from(text, 'base64url').toString().split(':')
  return type && /^[A-Z]\w*$/.test(type) && isId(id) && more.length === 0 ? { type, id } : undefined
}

/**
 * Lets the resolvers of a subgraph get plain ids whichever form a client sends: ids of events, exports and databases are
 * plain, those of GraphQL say their type.
 */
export function readGlobalIds(schema: GraphQLSchema): GraphQLSchema {
  const readers = new Map<GraphQLInputType, Reader | undefined>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      const read = field.args.flatMap(({ name, type: given }) => {
        const reader = readerOf(given, readers)
        return reader ? [[name, reader] as const] : []
      })
      if (read.length === 0) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (source, args: Record<string, unknown>, context, info) => {
        const plain = { ...args }
        for (const [name, reader] of read) if (name in plain) plain[name] = reader(plain[name])
        return resolve(source, plain, context, info)
      }
    }
  }
  return schema
}

type Reader = (value: unknown) => unknown

const readOne: Reader = (value) => (typeof value === 'string' ? (readGlobalId(value)?.id ?? foldId(value)) : value)

/** @returns nothing for a type in which no id can be */
function readerOf(given: GraphQLInputType, known: Map<GraphQLInputType, Reader | undefined>): Reader | undefined {
  const type = getNullableType(given)
  if (isListType(type)) {
    const inner = readerOf(type.ofType as GraphQLInputType, known)
    return inner && ((value) => (Array.isArray(value) ? value.map(inner) : value))
  }
  if (!isInputObjectType(type)) return type.toString() === 'ID' ? readOne : undefined
  if (known.has(type)) return known.get(type)
  // An input that holds itself is read by the reader that is being made for it.
  let fields: [string, Reader][] = []
  const read: Reader = (value) => {
    if (value === null || typeof value !== 'object') return value
    const plain: Record<string, unknown> = { ...value }
    for (const [name, reader] of fields) if (name in plain) plain[name] = reader(plain[name])
    return plain
  }
  known.set(type, read)
  fields = Object.values(type.getFields()).flatMap((field) => {
    const reader = readerOf(field.type, known)
    return reader ? [[field.name, reader] as [string, Reader]] : []
  })
  if (fields.every(([, reader]) => reader === read)) known.set(type, undefined)
  return known.get(type)
}
