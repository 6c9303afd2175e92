import { readFile } from 'node:fs/promises'
import { Admission } from '@renmai/platform/admission'
import { connectBus } from '@renmai/platform/bus'
import { createHttp } from '@renmai/platform/http'
import { createLog } from '@renmai/platform/log'
import { startTelemetry } from '@renmai/platform/telemetry'
import { importSigner } from '@renmai/platform/viewer'
import { createAuthenticate } from './authenticate.ts'
import type { Settings } from './config.ts'
import { serveGraphiql } from './graphiql.ts'
import { createGraphqlHandler } from './handle-graphql.ts'
import { LIMITS } from './limits.ts'
import { loadSupergraph } from './supergraph.ts'

const COMMITTED = new URL('../supergraph.graphql', import.meta.url)
const DRAIN_MS = 1_000
const ONLY_POST = { errors: [{ message: 'Send operations by POST as application/json', extensions: { code: 'METHOD_NOT_ALLOWED' } }] }

export async function startGateway(settings: Settings): Promise<{ url: string; stop: () => Promise<void> }> {
  const log = createLog('gateway', settings.LOG_LEVEL)
  const stopTelemetry = startTelemetry('gateway', settings.OTEL_EXPORTER_OTLP_ENDPOINT)
  const bus = await connectBus(settings, 'gateway', log)
  const sdl = await readFile(settings.SUPERGRAPH_FILE ?? COMMITTED, 'utf8')
  const {
    IDENTITY_URL: identity,
    ENGAGEMENT_URL: engagement,
    CAMPAIGN_URL: campaign,
    ANALYTICS_URL: analytics,
    COMPLIANCE_URL: compliance,
  } = settings
  const supergraph = await loadSupergraph(
    sdl,
    { identity, engagement, campaign, analytics, compliance },
    await importSigner(settings.INTERNAL_PRIVATE_KEY),
  )
  const http = createHttp({ log, bodyLimit: LIMITS.bodyBytes, trustedProxies: settings.TRUSTED_PROXIES })
  const admission = new Admission()
  http.post('/graphql', createGraphqlHandler(supergraph, createAuthenticate(bus, settings), admission, log))
  http.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: (_request, reply) => reply.code(405).header('allow', 'POST').send(ONLY_POST),
  })
  if (settings.GRAPHIQL === 'on') serveGraphiql(http)
  const url = await http.listen({ host: settings.HOST, port: settings.PORT })
  log.info({ url }, 'listening')
  const stop = async () => {
    await http.drain(DRAIN_MS)
    admission.stop()
    await supergraph.stop()
    await bus.nats.drain()
    await stopTelemetry()
  }
  return { url, stop }
}
