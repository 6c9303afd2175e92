import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { pause } from './clock.ts'
import { AppError, type ErrorCode } from './errors.ts'
import { newId } from './ids.ts'
import type { Log } from './log.ts'
import { meter } from './meter.ts'

const STATUS: Record<ErrorCode, number> = {
  INVALID: 400,
  NOT_FOUND: 404,
  FORBIDDEN: 403,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  INSUFFICIENT_DATA: 422,
  UNAUTHENTICATED: 401,
  RATE_LIMITED: 429,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
  STORAGE_UNAVAILABLE: 503,
  INTERNAL: 500,
}

const durations = meter.createHistogram('renmai_http_request_seconds', {
  description: 'Time from the head of a request to the end of its answer, by route and status',
  unit: 's',
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
})

/** Longest time that an idle connection may delay the end of the process. */
const LAST_ANSWERS_MS = 3_000

export type HttpOptions = {
  log: Log
  bodyLimit?: number
  /** Longest time for a caller to send a request, in milliseconds. A silent connection is ended after a minute anyway. */
  requestTimeoutMs?: number
  /** Proxies whose X-Forwarded-For is trusted: addresses or CIDRs, separated by commas. */
  trustedProxies?: string | undefined
  /** Waits before an error is sent; the body of its request is released. */
  waitToRefuse?: (error: unknown) => Promise<void>
  /** Throws when the process cannot serve now. */
  isReady?: () => Promise<void>
}

export type Http = FastifyInstance & { drain: (graceMs: number) => Promise<void> }

/**
 * An HTTP server that always answers in JSON, limits bodies, reports whether it is alive (/livez, never calls a
 * dependency) and ready (/readyz), and drains without failing a request.
 */
export function createHttp({
  log,
  bodyLimit = 256 * 1024,
  requestTimeoutMs = 30_000,
  trustedProxies,
  waitToRefuse,
  isReady,
}: HttpOptions): Http {
  let isDraining = false
  const server = fastify({
    logger: false,
    trustProxy: trustedProxies ?? false,
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    genReqId: () => newId(),
    // While closing, requests on open connections are still answered. Idle connections end by the header of their last answer.
    return503OnClosing: false,
    forceCloseConnections: false,
    // No route of a service has parameters longer than an id or a state.
    routerOptions: { maxParamLength: 200 },
  })
  server.addHook('onRequest', async ({ raw }) => {
    const repeated = findRepeated(raw.rawHeaders)
    if (repeated) throw new AppError('INVALID', `The header ${repeated} may be sent once`)
  })
  // A repeated parameter is an array, a type that the handlers do not expect.
  server.addHook('onRequest', async ({ query }) => {
    const repeated = Object.entries((query ?? {}) as Record<string, unknown>).find(([, value]) => Array.isArray(value))
    if (repeated) throw new AppError('INVALID', 'A query parameter is given once', { query: 'repeats a parameter' })
  })
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (isDraining) reply.header('connection', 'close')
  })
  server.addHook('onResponse', async ({ method, routeOptions }, reply) =>
    // By the pattern of the route: paths contain ids.
    durations.record(reply.elapsedTime / 1_000, { method, route: routeOptions.url ?? 'none', status: reply.statusCode }),
  )
  server.setErrorHandler(errorHandler(log, waitToRefuse))
  server.setNotFoundHandler(() => {
    throw new AppError('NOT_FOUND', 'No such path')
  })
  server.get('/livez', async () => ({ status: 'alive' }))
  server.get('/readyz', async (_request, reply) => {
    const trouble = isDraining
      ? new Error('draining')
      : await isReady?.().then(
          () => undefined,
          (error: Error) => error,
        )
    return trouble ? reply.code(503).send({ status: 'not ready', reason: trouble.message }) : { status: 'ready' }
  })
  const drain = async (graceMs: number) => {
    isDraining = true
    await pause(graceMs)
    const late = setTimeout(() => server.server.closeAllConnections(), LAST_ANSWERS_MS)
    await server.close()
    clearTimeout(late)
  }
  return Object.assign(server, { drain }) as unknown as Http
}

const errorHandler =
  (log: Log, waitToRefuse: HttpOptions['waitToRefuse']) => async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    request.body = undefined
    await waitToRefuse?.(error)
    const { status, headers, ...described } = describeError(error)
    const body = { error: { ...described, requestId: request.id } }
    if (status >= 500) log.error({ err: error, requestId: request.id, url: request.url.split('?')[0] }, 'request failed')
    return reply.code(status).headers(headers).send(body)
  }

/** Headers that decide the caller, the host and the content of a request. Of two, one component may use the first and another the last. */
const ONCE = new Set([
  'authorization',
  'host',
  'content-type',
  'content-encoding',
  'origin',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
])

/** @param raw names and values alternately, as received */
function findRepeated(raw: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toLowerCase()
    if (seen.has(name)) return name
    if (ONCE.has(name)) seen.add(name)
  }
  return undefined
}

type Described = { status: number; headers: Record<string, string>; code: string; message: string; fields?: object }

/** Describes an error for HTTP. Errors that are not meant for callers are masked. */
export function describeError(error: Error & { statusCode?: number; code?: string }): Described {
  if (error instanceof AppError) {
    const status = STATUS[error.code]
    const headers: Record<string, string> = [429, 503].includes(status) ? { 'retry-after': String(error.retryAfterSeconds ?? 2) } : {}
    return { status, headers, code: error.code, message: error.message, ...(error.fields ? { fields: error.fields } : {}) }
  }
  const status = error.statusCode ?? 500
  const code =
    { 400: 'BAD_REQUEST', 404: 'NOT_FOUND', 413: 'TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE' }[status] ??
    (status < 500 ? 'BAD_REQUEST' : 'INTERNAL')
  return { status, headers: {}, code, message: status < 500 ? error.message : 'Something went wrong on our side' }
}
