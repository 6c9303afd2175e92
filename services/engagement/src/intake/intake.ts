import { AppError } from '@renmai/platform/serve/errors'
import { createHttp, type Http } from '@renmai/platform/serve/http'
import { isId } from '@renmai/platform/serve/ids'
import type { Deps } from '../context.ts'
import { serveImports } from '../imports/import.ts'
import { serveCallbacks } from './serve-callbacks.ts'

/** How long a file's sender may be silent, in milliseconds. */
type IntakeOptions = { silentMs?: number }

/** Where a route sets no limit of its own. */
const BODY_LIMIT = 64 * 1024
/** A file of 100 MB over a slow line. */
const UPLOAD_MS = 600_000

/** The public listener for platforms, event sources and files. Each caller proves itself by its own signature. */
export function createIntake(deps: Deps, { silentMs }: IntakeOptions = {}): Http {
  const http = createHttp({ log: deps.log, bodyLimit: BODY_LIMIT, requestTimeoutMs: UPLOAD_MS })
  // Signatures cover the bytes as they came, so nothing is parsed before they hold.
  http.removeAllContentTypeParsers()
  http.addContentTypeParser(
    ['application/json', 'text/xml', 'application/xml', 'text/plain'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  )
  http.addContentTypeParser(['text/csv', 'application/octet-stream'], (_request, payload, done) => done(null, payload))
  // Before the body is read.
  http.addHook('onRequest', async (request) => {
    const ids = Object.values((request.params ?? {}) as Record<string, string>)
    if (!ids.every(isId)) throw new AppError('NOT_FOUND', 'No such path')
  })
  serveCallbacks(http, deps)
  serveImports(http, deps, silentMs)
  return http
}
