import { context as otelContext, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Admission } from '@renmai/platform/admission'
import { AppError } from '@renmai/platform/errors'
import { describeError, type Http } from '@renmai/platform/http'
import type { Log } from '@renmai/platform/log'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import type { Authenticate } from './authenticate.ts'
import { DocumentError, requireOperation } from './documents.ts'
import { hideValues } from './hide-values.ts'
import { mannerFor } from './media-type.ts'
import { readParams } from './read-params.ts'
import type { Supergraph } from './supergraph.ts'

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

/** Serves GraphQL at /graphql. */
export function serveGraphql(http: Http, current: () => Supergraph, authenticate: Authenticate, admission: Admission, log: Log): void {
  const [url, errorHandler] = ['/graphql', createErrorHandler(log)]
  const handler = createHandler(current, authenticate, admission, log)
  http.route({ method: ['GET', 'POST'], url, exposeHeadRoute: false, errorHandler, handler })
  http.route({ method: ['HEAD', 'PUT', 'PATCH', 'DELETE'], url, errorHandler, handler: onlyPost })
}

/**
 * Answers GraphQL over HTTP: POST with JSON, and GET for queries. Whoever is not known gets nothing, not even the schema.
 * No cookie says who asks, so another site cannot make a browser ask in somebody's name.
 */
function createHandler(current: () => Supergraph, authenticate: Authenticate, admission: Admission, log: Log) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const parent = propagation.extract(otelContext.active(), request.headers)
    const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parent)
    try {
      return await otelContext.with(trace.setSpan(parent, span), async () => {
        // An answer to a GET holds personal data as any other does: no cache on the way may keep it.
        reply.header('cache-control', 'no-store')
        refuseKeyInUrl(request.url)
        const manner = mannerFor(request.headers.accept)
        if (!manner) return await notAcceptable(request, reply)
        const viewer = await authenticate(request.headers.authorization, request.ip)
        const params = readParams(request)
        const supergraph = current()
        const { document, queryHash } = supergraph.documents.find(params.query)
        const priority = requireOperation(document, params.operationName) === 'mutation' ? 'MUTATION' : 'QUERY'
        if (request.method === 'GET' && priority === 'MUTATION') return await onlyPost(request, reply)
        const asked = { tenantId: viewer.tenantId, priority, kind: queryHash } as const
        const { data, errors } = await admission.admit(asked, () => supergraph.execute({ document, viewer, ...params }))
        if (data === undefined) reply.code(manner.refusal)
        return reply.type(manner.contentType).send({ ...(data === undefined ? {} : { data }), ...errorsOf(errors, log, request.id) })
      })
    } finally {
      span.end()
    }
  }
}

/** Tells an error as GraphQL does, whatever part of the way it comes from. */
function createErrorHandler(log: Log) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof DocumentError) {
      const { refusal, contentType } = mannerFor(request.headers.accept)!
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

/** Whatever is neither POST nor a query by GET. */
async function onlyPost(request: FastifyRequest, reply: FastifyReply) {
  const message = 'Send operations by POST as application/json; queries may come by GET'
  return refuse(request, reply.code(405).header('allow', 'GET, POST'), 'METHOD_NOT_ALLOWED', message)
}

async function notAcceptable(request: FastifyRequest, reply: FastifyReply) {
  const message = 'Answers are application/graphql-response+json or application/json; accept one of them'
  return refuse(request, reply.code(406), 'NOT_ACCEPTABLE', message)
}

const refuse = ({ id }: FastifyRequest, reply: FastifyReply, code: string, message: string) =>
  reply.send({ errors: [{ message, extensions: { code, requestId: id } }] })

/** What stands in a URL ends up in logs, histories and referrers. */
function refuseKeyInUrl(url: string): void {
  if (/[?&](access_token|api_?key|key|token)=|rm_[a-z]+_/i.test(url))
    throw new AppError('INVALID', 'Send the credential as Authorization: Bearer; replace this one, since URLs are logged')
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
