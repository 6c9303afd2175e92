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
/** Codes of what a caller can mend, and how GraphQL calls them. */
const CODES: Partial<Record<ErrorCode, string>> = {
  INVALID: 'BAD_USER_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
  INSUFFICIENT_DATA: 'INSUFFICIENT_DATA',
}

/**
 * Lets mutations tell in their payload's `userErrors` what their caller can mend. Only who selects it is told there: a client
 * that does not look would take a failure for a success, and gets an error of the answer as ever.
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

/** What a payload says of nothing done, where it must say something: no one, none. */
function nothingOf(payload: GraphQLObjectType): object {
  const required = Object.values(payload.getFields()).filter(({ name, type }) => name !== FIELD && isNonNullType(type))
  return Object.fromEntries(required.map(({ name, type }) => [name, isListType(getNullableType(type)) ? [] : 0]))
}

function errorsOf({ code, message, fields }: AppError): object[] {
  const places = Object.entries(fields ?? {})
  if (places.length === 0) return [{ message, code: CODES[code], field: null }]
  return places.map(([path, wrong]) => ({ message: `${path}: ${wrong}`, code: CODES[code], field: placeOf(path) }))
}

/** As a client has written it: mutations take one argument, `input`. */
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

/** Whether `@skip` or `@include` leave a selection out: nobody reads what is not answered. */
const isLeftOut = (selection: SelectionNode, { variableValues }: Selected): boolean =>
  getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true ||
  getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if === false
