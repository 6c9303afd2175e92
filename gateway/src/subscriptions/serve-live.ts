import websocket from '@fastify/websocket'
import type { Http } from '@renmai/platform/serve/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LIMITS } from '../documents/limits.ts'
import { createErrorHandler } from '../http/errors.ts'
import { refuseMethod } from '../http/refuse.ts'
import type { Serving } from '../http/serving.ts'
import { handleEvents } from './handle-events.ts'
import { handleSocket } from './handle-socket.ts'
import type { Live } from './live.ts'

export const acceptSockets = (http: Http) => http.register(websocket, { options: { maxPayload: LIMITS.bodyBytes } })

/**
 * Serves operations of every kind below the path of a schema: as server-sent events (GraphQL over SSE, a connection for each
 * operation) and over WebSockets (graphql-transport-ws).
 */
export function serveLive(http: Http, serving: Serving, live: Live): void {
  const [url, errorHandler] = [`${serving.path}/stream`, createErrorHandler(serving.log)]
  const handler = handleEvents(serving, live)
  http.after(() => {
    http.route({ method: 'GET', url, exposeHeadRoute: false, errorHandler, handler, wsHandler: handleSocket(serving, live) })
    http.route({ method: 'POST', url, errorHandler, handler })
    http.route({ method: ['HEAD', 'PUT', 'PATCH', 'DELETE'], url, errorHandler, handler: refuseReservation })
  })
}

/** The single connection mode begins with a PUT. Its streams would belong to one replica, and its requests come to any. */
const refuseReservation = async (request: FastifyRequest, reply: FastifyReply) =>
  refuseMethod(request, reply, 'GET, POST', 'Each operation has its own stream here; use the distinct connections mode, or a WebSocket')
