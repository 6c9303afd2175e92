import compress from '@fastify/compress'
import cors from '@fastify/cors'
import type { Http } from '@renmai/platform/serve/http'

const A_DAY_S = 86_400
/** Below this size in bytes, the header costs more than compression saves. */
const COMPRESSED_FROM = 1_024

/**
 * Compresses answers for clients that accept it, and accepts requests of pages of other origins. No cookie identifies the caller,
 * so credentials are not allowed: a page needs its own token.
 * @param origins separated by commas; without it, only the gateway's own pages may send requests
 */
export async function serveBrowsers(http: Http, origins: string | undefined): Promise<void> {
  await http.register(compress, { threshold: COMPRESSED_FROM, encodings: ['gzip'] })
  if (!origins) return
  await http.register(cors, {
    origin: origins.split(',').map((origin) => origin.trim()),
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'traceparent', 'tracestate'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: A_DAY_S,
    credentials: false,
  })
}
