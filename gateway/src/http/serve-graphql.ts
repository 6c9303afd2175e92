import { context as otelContext, propagation, SpanKind, trace } from '@opentelemetry/api'
import { AppError } from '@renmai/platform/serve/errors'
import type { Http } from '@renmai/platform/serve/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerOperation, findOperation } from './answer-operation.ts'
import { createErrorHandler } from './errors.ts'
import { mannerFor } from './manner.ts'
import { readParams } from './read-params.ts'
import { refuseAccept, refuseMethod } from './refuse.ts'
import { revalidate } from './revalidate.ts'
import { admitToSchema, refuseKeyInUrl, type Serving } from './serving.ts'

const tracer = trace.getTracer('renmai')

/** Serves GraphQL at a path. */
export function serveGraphql(http: Http, serving: Serving): void {
  const [url, errorHandler] = [serving.path, createErrorHandler(serving.log)]
  const handler = createHandler(serving)
  http.route({ method: ['GET', 'POST'], url, exposeHeadRoute: false, errorHandler, handler })
  http.route({ method: ['HEAD', 'PUT', 'PATCH', 'DELETE'], url, errorHandler, handler: onlyPost })
}

/**
 * Answers GraphQL over HTTP: POST with JSON, and GET for queries. An unknown caller gets no data, not even the schema.
 * No cookie identifies the caller, so another site cannot make a browser send requests in a user's name.
 */
function createHandler(serving: Serving) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const parent = propagation.extract(otelContext.active(), request.headers)
    const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parent)
    try {
      return await otelContext.with(trace.setSpan(parent, span), async () => {
        // An answer to a GET holds personal data like any other answer: no cache on the way may keep it.
        reply.header('cache-control', 'no-store')
        refuseKeyInUrl(request.url)
        const manner = mannerFor(request.headers.accept)
        if (!manner) return await refuseAccept(request, reply, 'application/graphql-response+json or application/json')
        const caller = admitToSchema(serving, await serving.authenticate(request.headers.authorization, request.ip))
        serving.admission.requireRoomToWait({ tenantId: caller.tenantId, priority: 'QUERY' })
        const params = readParams(request)
        const found = await findOperation(serving, caller, params)
        if (found.operation === 'subscription')
          throw new AppError('INVALID', `Subscribe at ${serving.path}/stream, by server-sent events or WebSocket`)
        if (request.method === 'GET' && found.operation === 'mutation') return await onlyPost(request, reply)
        const told = await answerOperation(serving, caller, found, request.id)
        if (told.data === undefined) reply.code(manner.refusal)
        if (request.method === 'GET' && params.hash) return revalidate(request, reply.type(manner.contentType), told)
        return reply.type(manner.contentType).send(told)
      })
    } finally {
      span.end()
    }
  }
}

/** Refuses a request that is neither a POST nor a query by GET. */
const onlyPost = async (request: FastifyRequest, reply: FastifyReply) =>
  refuseMethod(request, reply, 'GET, POST', 'Send operations by POST as application/json; queries may come by GET')
