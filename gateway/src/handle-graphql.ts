import { context as otelContext, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Admission } from '@renmai/platform/admission'
import { AppError } from '@renmai/platform/errors'
import type { Log } from '@renmai/platform/log'
import { parse } from '@renmai/platform/parse'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import type { Authenticate } from './authenticate.ts'
import { DocumentError, requireOperation } from './documents.ts'
import { hideValues } from './hide-values.ts'
import { hasUnstorableText, isTooDeep } from './limits.ts'
import type { Supergraph } from './supergraph.ts'

type Params = { query: string; variables: Record<string, unknown>; operationName: string | undefined }

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
const tracer = trace.getTracer('renmai')

/** Answers GraphQL over HTTP: POST with JSON. Whoever is not known gets nothing, not even the schema. */
export function createGraphqlHandler(current: () => Supergraph, authenticate: Authenticate, admission: Admission, log: Log) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const parent = propagation.extract(otelContext.active(), request.headers)
    const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parent)
    try {
      return await otelContext.with(trace.setSpan(parent, span), async () => {
        refuseKeyInUrl(request.url)
        const viewer = await authenticate(request.headers.authorization, request.ip)
        const params = readParams(request.body)
        const supergraph = current()
        const { document, queryHash } = supergraph.documents.find(params.query)
        const priority = requireOperation(document, params.operationName) === 'mutation' ? 'MUTATION' : 'QUERY'
        const asked = { tenantId: viewer.tenantId, priority, kind: queryHash } as const
        const result = await admission.admit(asked, () => supergraph.execute({ document, viewer, ...params }))
        return reply.send({ ...(result.data === undefined ? {} : { data: result.data }), ...errorsOf(result.errors, log, request.id) })
      })
    } catch (error) {
      if (error instanceof DocumentError)
        return reply
          .code(400)
          .send({ errors: error.errors.map((one) => ({ ...one, extensions: { ...one.extensions, requestId: request.id } })) })
      throw error
    } finally {
      span.end()
    }
  }
}

/** What stands in a URL ends up in logs, histories and referrers. */
function refuseKeyInUrl(url: string): void {
  if (/[?&](access_token|api_?key|key|token)=|rm_[a-z]+_/i.test(url))
    throw new AppError('INVALID', 'Send the credential as Authorization: Bearer; replace this one, since URLs are logged')
}

const NO_BATCH = 'The body must be one JSON object with a query; batches are not accepted'
const Body = z.object(
  {
    query: z.string('query must be a string').min(1, 'query must not be empty'),
    variables: z
      .record(z.string(), z.unknown(), 'variables must be an object')
      .refine((variables) => !isTooDeep(variables), 'variables are nested too deeply')
      .refine((variables) => !hasUnstorableText(variables), 'variables hold text that cannot be stored')
      .nullish()
      .transform((variables) => variables ?? {}),
    operationName: z
      .string('operationName must be a string')
      .nullish()
      .transform((name) => name ?? undefined),
  },
  NO_BATCH,
)

/** @throws AppError INVALID for everything that is not one operation with an object of variables */
function readParams(body: unknown): Params {
  const { query, variables, operationName } = parse(Body, body)
  return { query, variables, operationName }
}

/** Our own codes pass; anything else is a fault of ours, is logged and shown as INTERNAL. */
function errorsOf(errors: readonly GraphQLFormattedError[] | undefined, log: Log, requestId: string): object {
  if (!errors || errors.length === 0) return {}
  return {
    errors: errors.map(({ message, path, locations, extensions }) => {
      const code = String(extensions?.code ?? (path ? 'INTERNAL' : 'BAD_USER_INPUT'))
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
