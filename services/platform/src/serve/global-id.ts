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

/** An id as clients see it: the type of the object, and its plain id. */
export type GlobalId = { type: string; id: string }

/** Writes an id that contains the type of its object. It is opaque for clients (Relay, "Global Object Identification"). */
export const writeGlobalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url')

/** @returns undefined for a text that is no such id */
export function readGlobalId(text: string): GlobalId | undefined {
  const [type, id, ...more] = Buffer.from(text, 'base64url').toString().split(':')
  return type && /^[A-Z]\w*$/.test(type) && isId(id) && more.length === 0 ? { type, id } : undefined
}

/**
 * Gives the resolvers of a subgraph plain ids, in whichever form a client sends them: ids of events, exports and
 * databases are plain, those of GraphQL contain their type.
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

/** @returns undefined for a type that cannot contain an id */
function readerOf(given: GraphQLInputType, known: Map<GraphQLInputType, Reader | undefined>): Reader | undefined {
  const type = getNullableType(given)
  if (isListType(type)) {
    const inner = readerOf(type.ofType as GraphQLInputType, known)
    return inner && ((value) => (Array.isArray(value) ? value.map(inner) : value))
  }
  if (!isInputObjectType(type)) return type.toString() === 'ID' ? readOne : undefined
  if (known.has(type)) return known.get(type)
  // A recursive input type uses the reader that is being built for it.
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
