import { AppError } from '@renmai/platform/serve/errors'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { isId } from '@renmai/platform/serve/ids'
import { createRefusals } from '@renmai/platform/serve/refusals'
import type { Deps } from '../context.ts'
import { serveImports } from '../imports/import.ts'
import { serveCallbacks } from './serve-callbacks.ts'

/** Longest silence of a file's sender, and shortest delay of a refusal of a caller without a valid signature, in milliseconds. */
type IntakeOptions = { silentMs?: number; refusalMs?: number }

/** Limit of a body in bytes, for routes that set none. */
const BODY_LIMIT = 64 * 1024
/** So that a long body without a valid signature costs its caller a connection. */
const REFUSAL_MS = 1_000
/** Allows a file of 100 MB over a slow connection. */
const UPLOAD_MS = 600_000

/** The public listener for platforms, event sources and files. Each caller authenticates by its own signature. */
export function createIntake(deps: Deps, { silentMs, refusalMs = REFUSAL_MS }: IntakeOptions = {}): Http {
  const waitToRefuse = createRefusals('UNAUTHENTICATED', refusalMs)
  const http = createHttp({ log: deps.log, bodyLimit: BODY_LIMIT, requestTimeoutMs: UPLOAD_MS, waitToRefuse })
  // Signatures cover the bytes as received, so nothing is parsed before a signature is verified.
  http.removeAllContentTypeParsers()
  http.addContentTypeParser(
    ['application/json', 'text/xml', 'application/xml', 'text/plain'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  )
  http.addContentTypeParser(['text/csv', 'application/octet-stream'], (_request, payload, done) => done(null, payload))
  // This runs before the body is read.
  http.addHook('onRequest', async (request) => {
    const ids = Object.values((request.params ?? {}) as Record<string, string>)
    if (!ids.every(isId)) throw new AppError('NOT_FOUND', 'No such path')
  })
  serveCallbacks(http, deps)
  serveImports(http, deps, silentMs)
  return http
}
