import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { metricsHandler } from './meter.ts'

export type MetricsServer = { url: string; stop: () => Promise<void> }

/** There are few readers of metrics; further connections are closed. */
const MOST_CONNECTIONS = 32
const REQUEST_TIMEOUT_MS = 10_000

/**
 * Serves the metrics of this process at /metrics, and nothing else, on a port of their own. Their labels name clients,
 * so callers that can reach the other ports must not be able to read them.
 * @param port nothing is served without one; 0 takes a free one
 * @throws Error when the port is taken
 */
export async function serveMetrics(host: string, port: number | undefined): Promise<MetricsServer | undefined> {
  if (port === undefined) return undefined
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') metricsHandler(response)
    else response.writeHead(404).end()
  })
  server.maxConnections = MOST_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: chosen } = server.address() as AddressInfo
  const stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return { url: `http://${host}:${chosen}/metrics`, stop }
}
