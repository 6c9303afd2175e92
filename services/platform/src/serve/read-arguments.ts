import {
  defaultFieldResolver,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
  Kind,
} from 'graphql'
import { AppError } from './errors.ts'
import { readGlobalId } from './global-id.ts'
import { foldId } from './ids.ts'

type Options = {
  /** Whether resolvers get plain ids; a resolver that needs the type of an id reads it itself. */
  ids?: boolean
}

/**
 * Reads the arguments of a subgraph before its resolvers get them. Ids become plain, in whichever form a client sends them: ids of
 * events, exports and databases are plain, those of GraphQL contain their type. Where `@idOf` names the type of an argument or of an
 * input's field, an id of another type is refused with AppError INVALID that names the field. So is a time that is none, except in a
 * list that is `@itemwise`: its use case rejects the item alone.
 */
export function readArguments(schema: GraphQLSchema, { ids = true }: Options = {}): GraphQLSchema {
  const known: Known = { ids, whole: new Map(), itemwise: new Map() }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      const read = field.args.flatMap((arg) => {
        const reader = readerOf(arg.type, known, { wanted: typeOf(arg) })
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
type Readers = Map<GraphQLInputType, Reader | undefined>
/** Readers of input types, in a list whose items are answered one by one and elsewhere. */
type Known = { ids: boolean; whole: Readers; itemwise: Readers }
type Place = { wanted: string | undefined; isItem?: boolean }

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

const directiveOf = ({ astNode }: GraphQLArgument | GraphQLInputField, wanted: string) =>
  astNode?.directives?.find(({ name }) => name.value === wanted)

/** The type that `@idOf` names. */
function typeOf(given: GraphQLArgument | GraphQLInputField): string | undefined {
  const type = directiveOf(given, 'idOf')?.arguments?.[0]?.value
  return type?.kind === Kind.STRING ? type.value : undefined
}

function refuse(path: string, wrong: string): never {
  throw new AppError('INVALID', `${path} ${wrong}`, { [path]: wrong })
}

const readId =
  (wanted: string | undefined): Reader =>
  (value, path) => {
    if (typeof value !== 'string') return value
    const found = readGlobalId(value)
    if (!found) return foldId(value)
    return !wanted || found.type === wanted ? found.id : refuse(path, `is the id of a ${found.type}, not of a ${wanted}`)
  }

const readTime: Reader = (value, path) =>
  value instanceof Date && Number.isNaN(value.getTime())
    ? refuse(path, 'is no time with its zone, such as 2026-11-21T08:00:00Z, or its day does not exist')
    : value

/** @returns undefined for a type that cannot contain an id or a time */
function readerOf(given: GraphQLInputType, known: Known, place: Place): Reader | undefined {
  const type = getNullableType(given)
  if (isListType(type)) {
    const inner = readerOf(type.ofType as GraphQLInputType, known, place)
    return inner && ((value, path) => (Array.isArray(value) ? value.map((one, at) => inner(one, below(path, String(at)))) : value))
  }
  if (isInputObjectType(type)) return readerOfInput(type, known, place)
  if (type.toString() === 'DateTime') return place.isItem ? undefined : readTime
  return type.toString() === 'ID' && known.ids ? readId(place.wanted) : undefined
}

function readerOfInput(type: GraphQLInputObjectType, known: Known, { isItem = false }: Place): Reader | undefined {
  const readers = isItem ? known.itemwise : known.whole
  if (readers.has(type)) return readers.get(type)
  // A recursive input type uses the reader that is being built for it.
  let fields: [string, Reader][] = []
  const read: Reader = (value, path) => {
    if (value === null || typeof value !== 'object') return value
    const plain: Record<string, unknown> = { ...value }
    for (const [name, reader] of fields) if (name in plain) plain[name] = reader(plain[name], below(path, name))
    return plain
  }
  readers.set(type, read)
  fields = Object.values(type.getFields()).flatMap((field) => {
    const place = { wanted: typeOf(field), isItem: isItem || directiveOf(field, 'itemwise') !== undefined }
    const reader = readerOf(field.type, known, place)
    return reader ? [[field.name, reader] as [string, Reader]] : []
  })
  if (fields.every(([, reader]) => reader === read)) readers.set(type, undefined)
  return readers.get(type)
}
