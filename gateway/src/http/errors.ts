import { describeError } from '@renmai/platform/serve/http'
import type { Log } from '@renmai/platform/serve/log'
import { meter } from '@renmai/platform/serve/meter'
import { createRefusals } from '@renmai/platform/serve/refusals'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { DocumentError } from '../documents/documents.ts'
import { INVALID_VALUE } from '../execution/faults.ts'
import { hideValues } from './hide-values.ts'
import { mannerFor } from './manner.ts'

const told = meter.createCounter('renmai_graphql_errors', { description: 'Errors in answers, by code' })

/**
 * A caller beyond its share that is refused within a millisecond sends the next request a millisecond later, and all tenants pay
 * for reading it.
 */
const REFUSAL_MS = 250

/** For a client that requested a stream and gets an error instead. */
const PLAIN = { refusal: 400, contentType: 'application/json; charset=utf-8' } as const
const OWN_CODES = new Set([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'FORBIDDEN',
  'UNAUTHORIZED_FIELD_OR_TYPE',
  'CONFLICT',
  'IDEMPOTENCY_KEY_REUSED',
  'INSUFFICIENT_DATA',
  'UNAUTHENTICATED',
  'RATE_LIMITED',
  'TIMEOUT',
  'UNAVAILABLE',
  'STORAGE_UNAVAILABLE',
  'INTERNAL',
  'GRAPHQL_VALIDATION_FAILED',
])

/** Answers an error in the form of GraphQL, wherever the error comes from. */
export function createErrorHandler(log: Log) {
  const waitToRefuse = createRefusals('RATE_LIMITED', REFUSAL_MS)
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    request.body = undefined
    await waitToRefuse(error)
    if (error instanceof DocumentError) {
      const { refusal, contentType } = mannerFor(request.headers.accept) ?? PLAIN
      const errors = error.errors.map((one) => ({ ...one, extensions: { ...one.extensions, requestId: request.id } }))
      return reply.code(refusal).type(contentType).send({ errors })
    }
    const { status, headers, code, message, fields } = describeError(error)
    if (status >= 500) log.error({ err: error, requestId: request.id, url: request.url.split('?')[0] }, 'request failed')
    const extensions = { code: code === 'INVALID' ? 'BAD_USER_INPUT' : code, ...(fields ? { fields } : {}), requestId: request.id }
    return reply
      .code(status)
      .headers(headers)
      .send({ errors: [{ message, extensions }] })
  }
}

/**
 * Our own codes pass; any other error is our own fault, is logged and shown as INTERNAL. A value that the schema does not allow keeps
 * its message, which names its field only; each such field is logged once.
 */
export function errorsOf(
  errors: readonly GraphQLFormattedError[] | undefined,
  log: Log,
  requestId: string,
): { errors?: GraphQLFormattedError[] } {
  if (!errors || errors.length === 0) return {}
  const logged = new Set<string>()
  return {
    errors: errors.map(({ message, path, locations, extensions }) => {
      const given = String(extensions?.code ?? (path ? 'INTERNAL' : 'BAD_USER_INPUT'))
      const code = OWN_CODES.has(given) ? given : 'INTERNAL'
      told.add(1, { code })
      const { reason, fields, parameters } = extensions ?? {}
      const shown = { path, locations, extensions: { code, reason, fields, parameters, requestId } }
      if (OWN_CODES.has(given)) return { message: hideValues(message), ...shown }
      if (!logged.has(message)) log.error({ code: given, reason: message, path, requestId }, 'unexpected error from a subgraph')
      if (given !== INVALID_VALUE) return { message: 'Something went wrong on our side', ...shown }
      logged.add(message)
      return { message, ...shown }
    }),
  }
}

/** Errors as objects of GraphQLError, for libraries that need these. */
export const asErrors = (errors: readonly GraphQLFormattedError[] = []): GraphQLError[] =>
  errors.map(({ message, path, locations, extensions }) => Object.assign(new GraphQLError(message, { path, extensions }), { locations }))
