import { describeError } from '@renmai/platform/serve/http'
import type { Log } from '@renmai/platform/serve/log'
import { meter } from '@renmai/platform/serve/meter'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { DocumentError } from '../documents/documents.ts'
import { hideValues } from './hide-values.ts'
import { mannerFor } from './manner.ts'

const told = meter.createCounter('renmai_graphql_errors', { description: 'Errors in answers, by code' })

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
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
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

/** Our own codes pass; any other error is our own fault, is logged and shown as INTERNAL. */
export function errorsOf(
  errors: readonly GraphQLFormattedError[] | undefined,
  log: Log,
  requestId: string,
): { errors?: GraphQLFormattedError[] } {
  if (!errors || errors.length === 0) return {}
  return {
    errors: errors.map(({ message, path, locations, extensions }) => {
      const code = String(extensions?.code ?? (path ? 'INTERNAL' : 'BAD_USER_INPUT'))
      told.add(1, { code: OWN_CODES.has(code) ? code : 'INTERNAL' })
      const shown = {
        path,
        locations,
        extensions: {
          code: OWN_CODES.has(code) ? code : 'INTERNAL',
          ...(extensions?.fields ? { fields: extensions.fields } : {}),
          requestId,
        },
      }
      if (OWN_CODES.has(code)) return { message: hideValues(message), ...shown }
      log.error({ code, reason: message, requestId }, 'unexpected error from a subgraph')
      return { message: 'Something went wrong on our side', ...shown }
    }),
  }
}

/** Errors as objects of GraphQLError, for libraries that need these. */
export const asErrors = (errors: readonly GraphQLFormattedError[] = []): GraphQLError[] =>
  errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }))
