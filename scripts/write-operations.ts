import { readFileSync, writeFileSync } from 'node:fs'
import {
  buildSchema,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  parse,
  print,
} from 'graphql'
import { ROOT } from './stack/paths.ts'

const DEPTH = 3
export const OPERATIONS = `${ROOT}gateway/sdk/operations.graphql`

/**
 * Writes one operation for each root field of the public schema: all of its arguments, and its answer three levels
 * deep. Lists inside of lists are left out, so that the longest page is within the limit of cost.
 */
export function renderOperations(sdl: string): string {
  const schema = buildSchema(sdl)
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const
  const operations = roots.flatMap(([kind, type]) => Object.values(type?.getFields() ?? {}).map((field) => operationOf(kind, field)))
  return `${operations.map((source) => print(parse(source))).join('\n\n')}\n`
}

function operationOf(kind: string, field: GraphQLField<unknown, unknown>): string {
  const name = `${field.name[0]!.toUpperCase()}${field.name.slice(1)}`
  const declared = field.args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')
  const passed = field.args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  const inner = selectionOf(getNamedType(field.type), { depth: DEPTH, above: [], isInList: isList(field.type) })
  return `${kind} ${name}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`} ${inner} }`
}

/** @property above types that are selected already: fields that lead back to them are left out */
type Place = { depth: number; above: readonly string[]; isInList: boolean }

const isList = (type: GraphQLOutputType) => isListType(getNullableType(type))

function selectionOf(type: GraphQLNamedType, place: Place): string {
  if (isInterfaceType(type)) return `{ __typename ${Object.keys(type.getFields()).join(' ')} }`
  if (!isObjectType(type)) return ''
  const parts = Object.values(type.getFields()).flatMap((field) => partOf(type, field, place))
  return `{ ${parts.join(' ')} }`
}

function partOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, { depth, above, isInList }: Place): string[] {
  const inner = getNamedType(field.type)
  if (field.deprecationReason || field.args.some(isRequiredArgument)) return []
  if (isLeafType(inner)) return [field.name]
  const isBeside = above.includes(inner.name) || (above.length > 0 && inner.name.endsWith('Connection'))
  // `edges` is left out: it holds the nodes a second time, with their cursors.
  if (!isObjectType(inner) || field.name === 'edges' || isBeside || (isInList && isList(field.type))) return []
  if (depth === 1) return [lastOf(field, inner)].filter(Boolean)
  const below = selectionOf(inner, { depth: depth - 1, above: [...above, type.name], isInList: isInList || isList(field.type) })
  return below === '{  }' ? [] : [`${field.name} ${below}`]
}

/** Selects the id of a type that has one, and all fields of a value such as an amount of money. */
function lastOf({ name }: GraphQLField<unknown, unknown>, inner: GraphQLObjectType): string {
  const fields = Object.values(inner.getFields())
  if (fields.some((field) => field.name === 'id')) return `${name} { id }`
  return fields.every((field) => isLeafType(getNamedType(field.type))) ? `${name} { ${fields.map((field) => field.name).join(' ')} }` : ''
}

if (import.meta.main) writeFileSync(OPERATIONS, renderOperations(readFileSync(`${ROOT}gateway/public.graphql`, 'utf8')))
