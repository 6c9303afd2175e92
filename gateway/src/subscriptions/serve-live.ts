import websocket from '@fastify/websocket'
import type { AppError } from '@renmai/platform/serve/errors'
import type { Http } from '@renmai/platform/serve/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import { createHandler } from 'graphql-sse/lib/use/fastify'
import { makeHandler } from 'graphql-ws/use/@fastify/websocket'
import type { Caller } from '../callers/authenticate.ts'
import { LIMITS } from '../documents/limits.ts'
import { asErrors, createErrorHandler, errorsOf } from '../http/errors.ts'
import { parseParams, readParams } from '../http/read-params.ts'
import { admitToSchema, refuseKeyInUrl, type Serving } from '../http/serve-graphql.ts'
import type { Listen, Subscribed } from './listen.ts'
import type { Places } from './places.ts'
import { recheck } from './recheck.ts'
import { prepareSubscription, toldAs } from './subscribe.ts'

export type Live = Pick<Listen, 'listen'> & { places: Places; recheckMs?: number }

const PER_SOCKET = 50
const INIT_WITHIN_MS = 5_000
/** Codes of the graphql-transport-ws protocol, and of RFC 6455 for "try again later". */
const [UNAUTHORIZED, TRY_LATER] = [4401, 1013]
const CLOSED_WITH: Readonly<Record<string, number>> = { UNAUTHENTICATED: UNAUTHORIZED, FORBIDDEN: 4403 }
/** A reason has at most 123 bytes (RFC 6455, 5.5). */
const MAX_REASON = 120

export const acceptSockets = (http: Http) => http.register(websocket, { options: { maxPayload: LIMITS.bodyBytes } })

/** Serves subscriptions below the path of a schema: as server-sent events (graphql-sse) and over WebSockets (graphql-ws). */
export function serveLive(http: Http, serving: Serving, live: Live): void {
  const [url, errorHandler] = [`${serving.path}/stream`, createErrorHandler(serving.log)]
  const handler = handleEvents(serving, live)
  http.after(() => {
    http.route({ method: 'GET', url, exposeHeadRoute: false, errorHandler, handler, wsHandler: handleSocket(serving, live) })
    http.route({ method: 'POST', url, errorHandler, handler })
  })
}

function handleEvents(serving: Serving, { listen, places, recheckMs }: Live) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    refuseKeyInUrl(request.url)
    const again = () => serving.authenticate(request.headers.authorization, request.ip)
    const caller = admitToSchema(serving, await again())
    const prepared = await prepareSubscription(serving, caller, readParams(request))
    if (!('supergraph' in prepared)) return reply.code(400).send(errorsOf(prepared, serving.log, request.id))
    const leave = places.take(caller)
    const values = listen(prepared)
    const stop = recheck(again, caller, () => void values.return(), recheckMs)
    reply.raw.once('close', () => {
      stop()
      leave()
      void values.return()
    })
    reply.hijack()
    // Compression would delay events.
    await createHandler({ authenticate: () => '', onSubscribe: () => values })(request, reply)
  }
}

type Extra = {
  socket: { close: (code: number, reason: string) => void }
  request: FastifyRequest
  caller?: Caller
  end?: () => void
  open: number
}

function handleSocket(serving: Serving, { listen, places, recheckMs }: Live) {
  return makeHandler<{ authorization?: string }, Partial<Extra>>({
    // Otherwise the reason of a close would show internal errors.
    isProd: true,
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    onConnect: async ({ connectionParams, extra }) => {
      const { request, socket } = extra as Extra
      const again = () => serving.authenticate(connectionParams?.authorization ?? request.headers.authorization, request.ip)
      try {
        const caller = admitToSchema(serving, await again())
        const leave = places.take(caller)
        const stop = recheck(again, caller, () => socket.close(UNAUTHORIZED, 'The credential is no longer valid'), recheckMs)
        Object.assign(extra, { caller, open: 0, end: () => (stop(), leave()) })
      } catch (error) {
        // A client does not reconnect by itself after the codes of CLOSED_WITH. Any other error may be temporary, so it gets TRY_LATER.
        const { code, message } = error as AppError
        socket.close(CLOSED_WITH[code] ?? TRY_LATER, message.slice(0, MAX_REASON))
      }
    },
    onSubscribe: async ({ extra }, _id, payload) => {
      const held = extra as Extra
      if (!held.caller) return [new GraphQLError('Not connected', { extensions: { code: 'UNAUTHENTICATED' } })]
      if (held.open >= PER_SOCKET)
        return [new GraphQLError(`At most ${PER_SOCKET} subscriptions on one socket`, { extensions: { code: 'RATE_LIMITED' } })]
      // Counted before the first wait, so that many frames at the same moment count like many in sequence.
      held.open++
      const refused = <T>(errors: T): T => {
        held.open--
        return errors
      }
      try {
        const prepared = await prepareSubscription(serving, held.caller, parseParams(payload))
        if (!('supergraph' in prepared)) return refused(asErrors(errorsOf(prepared, serving.log, held.request.id).errors))
        const { document, operationName, supergraph } = prepared
        return { schema: supergraph.schema as GraphQLSchema, document, operationName, contextValue: prepared }
      } catch (error) {
        return refused(asErrors(toldAs(error)))
      }
    },
    onComplete: ({ extra }) => void (extra as Extra).open--,
    subscribe: ({ contextValue }) => listen(contextValue as Subscribed),
    onDisconnect: ({ extra }) => (extra as Extra).end?.(),
  })
}
