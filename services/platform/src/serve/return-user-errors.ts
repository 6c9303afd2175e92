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
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { AppError, type ErrorCode, type Parameters } from './errors.ts'
import type { Log } from './log.ts'
import { meter } from './meter.ts'

const FIELD = 'userErrors'
/** The code of each failure for which the error type of the mutation has no code. */
const GENERAL = 'BAD_USER_INPUT'
/** Codes of failures that a caller can fix, with their names in GraphQL. */
const CODES: Partial<Record<ErrorCode, string>> = {
  INVALID: 'BAD_USER_INPUT',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
  INSUFFICIENT_DATA: 'INSUFFICIENT_DATA',
}

const unlisted = meter.createCounter('renmai_unlisted_error_codes', {
  description: 'Failures whose code the error type of their mutation does not have, by mutation and code',
})

/**
 * Lets mutations return failures that the caller can fix in the `userErrors` of their payload. Only a client that
 * selects the field gets them there. Any other client would take the failure for a success, so it gets an error of the
 * response as before. A failure whose code the mutation's own enum lacks gets a general code, and is counted: it is never
 * an internal error.
 */
export function returnUserErrors(schema: GraphQLSchema, log?: Log): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const payload = getNamedType(field.type)
    if (!isObjectType(payload) || !payload.getFields()[FIELD]) continue
    payload.getFields()[FIELD]!.resolve = (source: { userErrors?: object[] }) => source.userErrors ?? []
    const resolve = field.resolve ?? defaultFieldResolver
    const nothing = nothingOf(payload)
    const codes = codesOf(payload)
    field.resolve = async (source, args, context, info) => {
      try {
        return await resolve(source, args, context, info)
      } catch (error) {
        if (!(error instanceof AppError) || !CODES[error.code] || !isSelected(info)) throw error
        return { ...nothing, userErrors: errorsOf(error, codeOf(error, codes, field.name, log)) }
      }
    }
  }
  return schema
}

/** Values of the required fields of a payload when nothing was done: an empty list, zero, or false. */
function nothingOf(payload: GraphQLObjectType): object {
  const required = Object.values(payload.getFields()).filter(({ name, type }) => name !== FIELD && isNonNullType(type))
  return Object.fromEntries(required.map(({ name, type }) => [name, isListType(getNullableType(type)) ? [] : 0]))
}

/** The values of the enum of a payload's codes; none where codes are plain text. */
function codesOf(payload: GraphQLObjectType): ReadonlySet<string> {
  const error = getNamedType(payload.getFields()[FIELD]!.type)
  const code = isObjectType(error) && error.getFields().code ? getNamedType(error.getFields().code!.type) : undefined
  return new Set(isEnumType(code) ? code.getValues().map(({ name }) => name) : [])
}

function codeOf({ code, details }: AppError, codes: ReadonlySet<string>, mutation: string, log: Log | undefined): string {
  const general = CODES[code]!
  const wanted = details.reason ?? general
  if (codes.size === 0 || codes.has(wanted)) return wanted
  unlisted.add(1, { mutation, code: wanted })
  log?.error({ mutation, code: wanted }, 'the error type of a mutation does not have this code')
  return codes.has(general) ? general : GENERAL
}

function errorsOf({ message, fields, details }: AppError, code: string): object[] {
  const places = Object.entries(fields ?? {})
  if (places.length === 0) return [{ message, code, field: null, parameters: listOf(details.parameters) }]
  return places.map(([path, wrong]) => ({
    message: details.reason ? wrong : `${path}: ${wrong}`,
    code,
    field: placeOf(path),
    parameters: listOf(details.fieldParameters?.[path] ?? details.parameters),
  }))
}

const listOf = (parameters: Parameters = {}) => Object.entries(parameters).map(([name, value]) => ({ name, value: String(value) }))

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
