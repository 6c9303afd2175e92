import {
  defaultFieldResolver,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
  Kind,
} from 'graphql'
import { AppError } from './errors.ts'
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
 * databases are plain, those of GraphQL contain their type. Where `@idOf` names the type of an argument or of an input's field, an id of
 * another type is refused with AppError INVALID that names the field.
 */
export function readGlobalIds(schema: GraphQLSchema): GraphQLSchema {
  const readers = new Map<GraphQLInputType, Reader | undefined>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      const read = field.args.flatMap((arg) => {
        const reader = readerOf(arg.type, readers, typeOf(arg))
        return reader ? [[arg.name, reader] as const] : []
      })
      if (read.length === 0) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (source, args: Record<string, unknown>, context, info) => {
        const plain = { ...args }
        // Paths begin below the one argument of mutations.
        for (const [name, reader] of read) if (name in plain) plain[name] = reader(plain[name], name === 'input' ? '' : name)
        return resolve(source, plain, context, info)
      }
    }
  }
  return schema
}

/** @param path place of the value in the arguments */
type Reader = (value: unknown, path: string) => unknown

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

/** The type that `@idOf` names. */
function typeOf({ astNode }: GraphQLArgument | GraphQLInputField): string | undefined {
  const given = astNode?.directives?.find(({ name }) => name.value === 'idOf')?.arguments?.[0]?.value
  return given?.kind === Kind.STRING ? given.value : undefined
}

const readOne =
  (wanted: string | undefined): Reader =>
  (value, path) => {
    if (typeof value !== 'string') return value
    const found = readGlobalId(value)
    if (!found) return foldId(value)
    if (!wanted || found.type === wanted) return found.id
    const wrong = `is the id of a ${found.type}, not of a ${wanted}`
    throw new AppError('INVALID', `${path} ${wrong}`, { [path]: wrong })
  }

/** @returns undefined for a type that cannot contain an id */
function readerOf(given: GraphQLInputType, known: Map<GraphQLInputType, Reader | undefined>, wanted?: string): Reader | undefined {
  const type = getNullableType(given)
  if (isListType(type)) {
    const inner = readerOf(type.ofType as GraphQLInputType, known, wanted)
    return inner && ((value, path) => (Array.isArray(value) ? value.map((one, at) => inner(one, below(path, String(at)))) : value))
  }
  if (!isInputObjectType(type)) return type.toString() === 'ID' ? readOne(wanted) : undefined
  if (known.has(type)) return known.get(type)
  // A recursive input type uses the reader that is being built for it.
  let fields: [string, Reader][] = []
  const read: Reader = (value, path) => {
    if (value === null || typeof value !== 'object') return value
    const plain: Record<string, unknown> = { ...value }
    for (const [name, reader] of fields) if (name in plain) plain[name] = reader(plain[name], below(path, name))
    return plain
  }
  known.set(type, read)
  fields = Object.values(type.getFields()).flatMap((field) => {
    const reader = readerOf(field.type, known, typeOf(field))
    return reader ? [[field.name, reader] as [string, Reader]] : []
  })
  if (fields.every(([, reader]) => reader === read)) known.set(type, undefined)
  return known.get(type)
}
