import { context as otelContext, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Admission } from '@renmai/platform/overload/admission'
import { AppError } from '@renmai/platform/serve/errors'
import type { Http } from '@renmai/platform/serve/http'
import type { Log } from '@renmai/platform/serve/log'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticate, Caller } from '../callers/authenticate.ts'
import type { Touched, Usage } from '../callers/usage.ts'
import type { Budget } from '../cost/budget.ts'
import { charge, pay } from '../cost/charge.ts'
import type { ChooseDocument } from '../documents/choose-document.ts'
import { requireOperation } from '../documents/documents.ts'
import type { Supergraph } from '../supergraph/supergraph.ts'
import { createErrorHandler, errorsOf } from './errors.ts'
import { mannerFor } from './manner.ts'
import { readParams } from './read-params.ts'
import { revalidate } from './revalidate.ts'

const tracer = trace.getTracer('renmai')

/** The dependencies of a GraphQL endpoint. */
export type Serving = {
  path: string
  /** Whether partners may use this endpoint: they must not see any part that is not public. */
  isPublic: boolean
  current: () => Supergraph
  authenticate: Authenticate
  chooseDocument: ChooseDocument
  admission: Admission
  budget: Budget
  usage: Usage
  log: Log
}

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
  const { current, chooseDocument, admission, budget, usage, log } = serving
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const parent = propagation.extract(otelContext.active(), request.headers)
    const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, parent)
    try {
      return await otelContext.with(trace.setSpan(parent, span), async () => {
        // An answer to a GET holds personal data like any other answer: no cache on the way may keep it.
        reply.header('cache-control', 'no-store')
        refuseKeyInUrl(request.url)
        const manner = mannerFor(request.headers.accept)
        if (!manner) return await notAcceptable(request, reply)
        const caller = admitToSchema(serving, await serving.authenticate(request.headers.authorization, request.ip))
        admission.requireRoomToWait({ tenantId: caller.tenantId, priority: 'QUERY' })
        const params = readParams(request)
        const supergraph = current()
        const source = await chooseDocument(caller, params, supergraph.documents)
        const { document, queryHash } = supergraph.documents.find(source, caller.tenantId, (points) => pay(budget, caller, points))
        const operation = requireOperation(document, params.operationName)
        if (operation === 'subscription')
          throw new AppError('INVALID', `Subscribe at ${serving.path}/stream, by server-sent events or WebSocket`)
        const priority = operation === 'mutation' ? 'MUTATION' : 'QUERY'
        if (request.method === 'GET' && priority === 'MUTATION') return await onlyPost(request, reply)
        const touched = supergraph.touchedBy(document, params.operationName)
        usage.note(caller, touched)
        const asked = { tenantId: caller.tenantId, priority, kind: queryHash } as const
        const { result, cost } = await charge(budget, caller, supergraph.costOf(document, params.operationName), params.variables, () =>
          admission.admit(asked, () => supergraph.execute({ document, viewer: caller, ...params })),
        )
        const { data, errors } = result
        if (data === undefined) reply.code(manner.refusal)
        const told = {
          ...(data === undefined ? {} : { data }),
          ...errorsOf(errors, log, request.id),
          extensions: { cost, ...deprecationsOf(touched), ...(result.isReplay ? { idempotentReplay: true } : {}) },
        }
        if (request.method === 'GET' && params.hash) return revalidate(request, reply.type(manner.contentType), told)
        return reply.type(manner.contentType).send(told)
      })
    } finally {
      span.end()
    }
  }
}

const deprecationsOf = ({ deprecations }: Touched) => (deprecations.length > 0 ? { deprecations } : {})

/** @throws AppError FORBIDDEN for a partner where more than the public schema is served */
export function admitToSchema({ isPublic }: Serving, caller: Caller): Caller {
  if (caller.isPartner && !isPublic) throw new AppError('FORBIDDEN', 'Use /public/graphql')
  return caller
}

/** Refuses a request that is neither a POST nor a query by GET. */
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

/** A URL is stored in logs, histories and referrers. */
export function refuseKeyInUrl(url: string): void {
  if (/[?&](access_token|api_?key|key|token)=|rm_[a-z]+_/i.test(url))
    throw new AppError('INVALID', 'Send the credential as Authorization: Bearer; replace this one, since URLs are logged')
}
