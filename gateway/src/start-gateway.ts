import { answerAll } from '@renmai/platform/events/ask'
import { connectBus } from '@renmai/platform/events/bus'
import { Admission } from '@renmai/platform/overload/admission'
import { pause } from '@renmai/platform/serve/clock'
import { createHttp } from '@renmai/platform/serve/http'
import { createLog } from '@renmai/platform/serve/log'
import { serveMetrics } from '@renmai/platform/serve/serve-metrics'
import { startTelemetry } from '@renmai/platform/serve/telemetry'
import { createSigner } from '@renmai/platform/serve/viewer'
import { type Caller, createAuthenticate } from './callers/authenticate.ts'
import { readKeys } from './callers/read-issued.ts'
import { serveTokens } from './callers/serve-tokens.ts'
import { countUsage } from './callers/usage.ts'
import { GATEWAY, type Settings } from './config.ts'
import { createBudget } from './cost/budget.ts'
import { planOf } from './cost/plan.ts'
import { shareLevels } from './cost/share-levels.ts'
import { createChooseDocument } from './documents/choose-document.ts'
import { findTrustedBy, findTrustedIn } from './documents/find-trusted.ts'
import { followManifest } from './documents/follow-manifest.ts'
import { LIMITS } from './documents/limits.ts'
import { findProviderBy } from './http/find-provider.ts'
import { serveGraphiql } from './http/graphiql.ts'
import { serveBrowsers } from './http/serve-browsers.ts'
import { serveBulkFiles } from './http/serve-bulk-files.ts'
import { serveGraphql } from './http/serve-graphql.ts'
import { servePages } from './http/serve-pages.ts'
import { createActFor } from './on-behalf/act-for.ts'
import { answerBulk } from './on-behalf/answer-bulk.ts'
import { answerSubscriptions } from './on-behalf/answer-subscriptions.ts'
import { hearFrom } from './subscriptions/hear.ts'
import { createListen } from './subscriptions/listen.ts'
import { createPlaces } from './subscriptions/places.ts'
import { acceptSockets, serveLive } from './subscriptions/serve-live.ts'
import { connectSubgraph, type Subgraph } from './supergraph/connect-subgraph.ts'
import { createEdge } from './supergraph/edge.ts'
import { followSupergraph } from './supergraph/follow-supergraph.ts'
import { SERVICES } from './supergraph/services.gen.ts'

const COMMITTED = new URL('supergraph.graphql', GATEWAY)
const COMMITTED_PUBLIC = new URL('supergraph.public.graphql', GATEWAY)
const DRAIN_MS = 1_000

/** Requests here mostly wait for services, which have their own limits. */
const AT_LEAST = 4

export async function startGateway(settings: Settings): Promise<{ url: string; stop: () => Promise<void> }> {
  const log = createLog('gateway', settings.LOG_LEVEL)
  const stopTelemetry = startTelemetry('gateway', settings.OTEL_EXPORTER_OTLP_ENDPOINT)
  const bus = await connectBus(settings, 'gateway', log)
  const subgraphs = connectSubgraphs(settings)
  const budget = createBudget(shareLevels(bus))
  const asks = new Map([...subgraphs].map(([name, { ask }]) => [name, ask])).set('edge', createEdge(budget, log))
  const supergraph = await followSupergraph(settings.SUPERGRAPH_FILE ?? COMMITTED, asks, log)
  const contract = await followSupergraph(settings.PUBLIC_SUPERGRAPH_FILE ?? COMMITTED_PUBLIC, asks, log)
  const http = createHttp({ log, bodyLimit: LIMITS.bodyBytes, trustedProxies: settings.TRUSTED_PROXIES })
  await serveBrowsers(http, settings.CORS_ORIGINS)
  const admission = new Admission({ atLeast: AT_LEAST })
  const authenticate = createAuthenticate(bus, settings)
  const modes = {
    staff: settings.TRUSTED_DOCUMENTS_STAFF,
    own: settings.TRUSTED_DOCUMENTS_OWN,
    partner: settings.TRUSTED_DOCUMENTS_PARTNER,
  }
  const manifest = await followManifest(settings.TRUSTED_DOCUMENTS_MANIFEST, log)
  const chooseDocument = createChooseDocument(findTrustedIn(manifest.find, findTrustedBy(bus)), modes, log)
  const usage = countUsage()
  const serving = { authenticate, chooseDocument, admission, budget, usage, log }
  const live = { ...createListen(hearFrom(bus), admission, log), places: createPlaces() }
  await acceptSockets(http)
  const whole = { ...serving, path: '/graphql', current: supergraph.current, isPublic: false }
  const shown = { ...serving, path: '/public/graphql', current: contract.current, isPublic: true }
  for (const one of [whole, shown]) {
    serveGraphql(http, one)
    serveLive(http, one, live)
  }
  const actFor = createActFor(bus, planOf(settings.STAFF_POINTS_PER_SECOND))
  const servingOf = (caller: Caller) => (caller.isPartner ? shown : whole)
  const stopAnswers = answerAll(bus, 'gateway', [...answerSubscriptions(servingOf, actFor), ...answerBulk(servingOf, actFor)])
  serveBulkFiles(http, bus)
  const { OAUTH_ISSUER: issuer } = settings
  if (issuer) serveTokens(http, { issuer, keys: readKeys(settings), authenticate, log })
  if (settings.GRAPHIQL === 'on') {
    serveGraphiql(http, findProviderBy(settings, log))
    servePages(http)
  }
  const metrics = await serveMetrics(settings.HOST, settings.METRICS_PORT)
  const address = await http.listen({ host: settings.HOST, port: settings.PORT })
  log.info({ url: address, metricsUrl: metrics?.url }, 'listening')
  const stop = async () => {
    const drained = http.drain(DRAIN_MS)
    // After the drain no new request comes here, and listeners reconnect to another replica.
    await pause(DRAIN_MS)
    live.stop()
    await Promise.all([drained, stopAnswers()])
    admission.stop()
    usage.stop()
    supergraph.stop()
    contract.stop()
    manifest.stop()
    await Promise.all([...subgraphs.values()].map((subgraph) => subgraph.close()))
    await bus.nats.drain()
    await Promise.all([metrics?.stop(), stopTelemetry()])
  }
  return { url: address, stop }
}

function connectSubgraphs(settings: Settings): Map<string, Subgraph> {
  return new Map(
    SERVICES.map((name) => {
      const prefix = name.toUpperCase() as Uppercase<typeof name>
      return [name, connectSubgraph(name, settings[`${prefix}_URL`], createSigner(settings[`${prefix}_SECRET`]))]
    }),
  )
}
