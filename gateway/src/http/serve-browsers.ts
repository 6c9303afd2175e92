import compress from '@fastify/compress'
import cors from '@fastify/cors'
import type { Http } from '@renmai/platform/serve/http'

const A_DAY_S = 86_400
/** Below, a header costs more than it saves. */
const COMPRESSED_FROM = 1_024

/**
 * Answers compressed to whoever takes that, and lets pages of other origins ask. No cookie says who asks, so that
 * credentials are not allowed: a page needs a token of its own.
 * @param origins by commas; only the gateway's own pages may ask without it
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
