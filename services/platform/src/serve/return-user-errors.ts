import {
  defaultFieldResolver,
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { AppError, type ErrorCode } from './errors.ts'

const FIELD = 'userErrors'
/** Codes of failures that a caller can fix, with their names in GraphQL. */
const CODES: Partial<Record<ErrorCode, string>> = {
  INVALID: 'BAD_USER_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
  INSUFFICIENT_DATA: 'INSUFFICIENT_DATA',
}

/**
 * Lets mutations return failures that the caller can fix in the `userErrors` of their payload. Only a client that
 * selects the field gets them there. Any other client would take the failure for a success, so it gets an error of the
 * response as before.
 */
export function returnUserErrors(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const payload = getNamedType(field.type)
    if (!isObjectType(payload) || !payload.getFields()[FIELD]) continue
    payload.getFields()[FIELD]!.resolve = (source: { userErrors?: object[] }) => source.userErrors ?? []
    const resolve = field.resolve ?? defaultFieldResolver
    const nothing = nothingOf(payload)
    field.resolve = async (source, args, context, info) => {
      try {
        return await resolve(source, args, context, info)
      } catch (error) {
        if (!(error instanceof AppError) || !CODES[error.code] || !isSelected(info)) throw error
        return { ...nothing, userErrors: errorsOf(error) }
      }
    }
  }
  return schema
}

/** Values of the required fields of a payload when nothing was done: an empty list, or zero. */
function nothingOf(payload: GraphQLObjectType): object {
  const required = Object.values(payload.getFields()).filter(({ name, type }) => name !== FIELD && isNonNullType(type))
  return Object.fromEntries(required.map(({ name, type }) => [name, isListType(getNullableType(type)) ? [] : 0]))
}

function errorsOf({ code, message, fields }: AppError): object[] {
  const places = Object.entries(fields ?? {})
  if (places.length === 0) return [{ message, code: CODES[code], field: null }]
  return places.map(([path, wrong]) => ({ message: `${path}: ${wrong}`, code: CODES[code], field: placeOf(path) }))
}

/** The path in the form of the client: mutations take one argument, `input`. */
const placeOf = (path: string): string[] => (/^input(\.|$)/.test(path) ? path : `input.${path}`).split('.')

type Selected = Pick<GraphQLResolveInfo, 'fragments' | 'variableValues'>

const isSelected = (info: GraphQLResolveInfo): boolean =>
  info.fieldNodes.some(({ selectionSet }: FieldNode) => selectionSet && holds(selectionSet, info))

function holds({ selections }: SelectionSetNode, info: Selected): boolean {
  return selections.some((one) => {
    if (isLeftOut(one, info)) return false
    if (one.kind === Kind.FIELD) return one.name.value === FIELD
    const set = one.kind === Kind.FRAGMENT_SPREAD ? info.fragments[one.name.value]?.selectionSet : one.selectionSet
    return set !== undefined && holds(set, info)
  })
}

/** Whether `@skip` or `@include` remove a selection: the client does not get a field that is removed. */
const isLeftOut = (selection: SelectionNode, { variableValues }: Selected): boolean =>
  getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true ||
  getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if === false
