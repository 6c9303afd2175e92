import type { DescMethodUnary } from '@bufbuild/protobuf'
import type { DocumentNode } from 'graphql'
import type { z } from 'zod'
import { analyzeNew } from '../db/analyze-new.ts'
import { awaitStore } from '../db/await-store.ts'
import { databaseClock } from '../db/database-clock.ts'
import { connect, type Db, type Sentences } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { maintainPartitions, makePartitions, type Partitioned } from '../db/partitions.ts'
import { rememberTenants } from '../db/tenants.ts'
import { type Answer, answerAll } from '../events/ask.ts'
import { type Bus, connectBus, declareStream } from '../events/bus.ts'
import { declareByHand, reconcileByHand, rememberByHand } from '../events/commands.ts'
import { consumeAll } from '../events/consume.ts'
import type { Handler } from '../events/inbox.ts'
import { answerReconciler, startReconciler } from '../events/reconcile.ts'
import { type Relay, startRelay } from '../events/relay.ts'
import { answerPublished } from '../events/remember.ts'
import { watchLag } from '../events/watch-lag.ts'
import { Admission } from '../overload/admission.ts'
import { maintainQuarantine } from '../quarantine/maintain-quarantine.ts'
import { allKinds, watchedBy } from '../quarantine/quarantine.ts'
import type { QuarantineKind } from '../quarantine/quarantine-kind.ts'
import { replayQuarantine } from '../quarantine/replay-quarantine.ts'
import { answerResend } from '../resend/answer-resend.ts'
import { askAsNewcomer } from '../resend/ask-as-newcomer.ts'
import { resendByHand } from '../resend/resend-by-hand.ts'
import { resendQueue } from '../resend/resend-queue.ts'
import type { Snapshot } from '../resend/snapshot.ts'
import { forgetKeys } from '../secrets/forget-keys.ts'
import type { Loop } from '../work/loop.ts'
import type { QueueEntry } from '../work/queue.ts'
import { runQueues } from '../work/run-queues.ts'
import type { Clock } from './clock.ts'
import { baseSettings, loadConfig } from './config.ts'
import { armCrashPoint } from './crash-point.ts'
import { createHttp, type Http } from './http.ts'
import { createLog, type Log } from './log.ts'
import { readKeepDays } from './read-keep-days.ts'
import { serveMetrics } from './serve-metrics.ts'
import { serveSubgraph } from './subgraph.ts'
import { startTelemetry } from './telemetry.ts'
import { createVerifier, type Viewer } from './viewer.ts'

/** The shared resources of a running service. */
export type App<S> = {
  readonly settings: S
  readonly db: Db
  readonly relayDb: Db
  readonly bus: Bus
  readonly log: Log
  readonly now: Clock
  readonly admission: Admission
}

/** Further resources that a service opens, and the function that closes them when the service stops. */
type Opened<S extends z.ZodObject> = App<z.output<S>> & { readonly close?: () => unknown }

/** A service, as its main.ts describes it. */
export type Service<S extends z.ZodObject, C extends object, D extends Opened<S> = Opened<S>> = {
  name: string
  settings: S
  migrations: string
  /** Creates the resources that requests, queues, answers and the intake share; called once. */
  open: (app: App<z.output<S>>) => D
  /** The queues of the service; the third table of contents, beside resolvers and handlers. */
  queues: readonly QueueEntry<D>[]
  /** Its tables, besides queues, of which the relay role may read the rows of every tenant. */
  readAcrossTenants?: readonly string[]
  /** Kinds of rows that could not be processed and wait for a person, besides dead letters and parked rows of leased queues. */
  quarantine?: readonly QuarantineKind<D>[]
  appendOnly: readonly string[]
  /** Messages for violated constraints of its tables. */
  sentences?: Sentences
  /** Its tables that are partitioned by time. */
  partitioned?: readonly Partitioned[]
  modules: DocumentNode[]
  resolvers: object
  /** Creates the context for the resolvers of one request. */
  context: (deps: D, viewer: Viewer) => C
  handlers: readonly Handler[]
  /** Entities whose current state it can publish again. */
  snapshots?: readonly Snapshot[]
  /** The requests that it sends to other services over the bus. */
  asks?: readonly DescMethodUnary[]
  answers?: (deps: D) => Answer[]
  /** A second, public listener, for callers other than the gateway. */
  intake?: (deps: D) => { http: Http; port: number }
}

const DRAIN_MS = 1_000
/** The relay and the listener for work keep one connection each. */
const RELAY_CONNECTIONS = 6

/** Runs `main.ts migrate`, `declare`, `reconcile <since>`, `remember <since>`, `resend <snapshot>` or the service itself, until SIGTERM. */
export async function runService<S extends z.ZodObject, C extends object, D extends Opened<S>>(service: Service<S, C, D>): Promise<void> {
  // An unhandled rejection means an unknown state: the process ends, and the supervisor starts a clean one.
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`)
    process.exit(1)
  })
  if (process.argv[2] === 'migrate') return migrateService(service)
  if (process.argv[2] === 'declare') return declareByHand(service.name)
  if (process.argv[2] === 'reconcile') return reconcileByHand(service.name)
  if (process.argv[2] === 'resend') return resendByHand(service.name, service.snapshots ?? [])
  if (process.argv[2] === 'remember') return rememberByHand(service.name, handlersOf(service))
  const settings = loadConfig(service.settings) as z.output<S> & z.output<typeof baseSettings>
  const running = await startService(service, settings)
  const stop = () => void running.stop().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function migrateService<S extends z.ZodObject, C extends object, D extends Opened<S>>(service: Service<S, C, D>): Promise<void> {
  const { MIGRATE_DATABASE_URL, DATABASE_URL, RELAY_DATABASE_URL } = loadConfig(migrateSettings)
  const keepDays = readKeepDays(service, loadConfig)
  const [appRole, relayRole] = [DATABASE_URL, RELAY_DATABASE_URL].map((url) => decodeURIComponent(new URL(url).username)) as [
    string,
    string,
  ]
  const { queues, quarantine, readAcrossTenants, appendOnly, partitioned } = service
  const rules = { appRole, relayRole, queues, quarantine, readAcrossTenants, appendOnly, partitioned, keepDays }
  await awaitStore(createLog(service.name, 'warn'), () => migrate(MIGRATE_DATABASE_URL, service.migrations, rules))
}

const migrateSettings = baseSettings.pick({ DATABASE_URL: true, RELAY_DATABASE_URL: true }).extend({
  MIGRATE_DATABASE_URL: baseSettings.shape.DATABASE_URL.describe('PostgreSQL, as the owner of the tables'),
})

export type Running = { url: string; intakeUrl: string | undefined; app: App<unknown>; stop: () => Promise<void> }

/** Starts in order: telemetry, database, bus, what the service opens, answers, HTTP, consumers. Stops in the reverse order. */
export async function startService<S extends z.ZodObject, C extends object, D extends Opened<S>>(
  service: Service<S, C, D>,
  settings: z.output<S> & z.output<typeof baseSettings>,
): Promise<Running> {
  armCrashPoint(settings.CRASH_AT)
  const stopTelemetry = startTelemetry(service.name, settings.OTEL_EXPORTER_OTLP_ENDPOINT)
  const { app, refreshing } = await connectStores(service, settings)
  const { db, relayDb, bus, log, admission } = app
  const deps = service.open(app)
  const { snapshots = [] } = service

  const handlers = handlersOf(service)
  const stopAnswers = answerAll(bus, service.name, [
    ...(service.answers?.(deps) ?? []),
    answerReconciler(relayDb, service.name),
    answerPublished(relayDb, service.name),
    answerResend(db, relayDb, service.name, snapshots),
  ])
  const http = createHttp({ log, bodyLimit: 8 * 1024 ** 2, isReady: async () => void (await db.pool.query('SELECT 1')) })
  const verifier = await createVerifier(settings.INTERNAL_SECRETS)
  serveSubgraph(http, {
    name: service.name,
    modules: service.modules,
    resolvers: service.resolvers,
    verifier,
    log,
    admission,
    context: (viewer) => service.context(deps, viewer),
  })
  const metrics = await serveMetrics(settings.HOST, settings.METRICS_PORT)
  const url = await http.listen({ host: settings.HOST, port: settings.PORT })
  const intake = service.intake?.(deps)
  const intakeUrl = await intake?.http.listen({ host: settings.HOST, port: intake.port })
  const relay: Relay = startRelay(relayDb, bus, service.name, () => {
    for (const duty of duties) duty.wake()
  })
  const duties = startDuties(service, app, settings, relay.isLeader)
  const queues = [
    ...service.queues,
    resendQueue<D>(service.name, snapshots),
    replayQuarantine<D>(allKinds(service.name, { ...service, handlers })),
  ]
  const loops: Loop[] = [relay, ...duties, refreshing, ...runQueues(deps, queues)]
  const consumptions = consumeAll(bus, db, service.name, handlers)
  loops.push(watchLag(bus, consumptions))
  log.info({ url, intakeUrl, metricsUrl: metrics?.url }, 'listening')

  const stop = async () => {
    await Promise.all([intake?.http.drain(DRAIN_MS), http.drain(DRAIN_MS)])
    admission.stop()
    await Promise.all(consumptions.map((one) => one.stop()))
    await stopAnswers()
    await Promise.all(loops.map((one) => one.stop()))
    await deps.close?.()
    await bus.nats.drain()
    await Promise.all([db.pool.end(), relayDb.pool.end(), metrics?.stop(), stopTelemetry()])
  }
  return { url, intakeUrl, app, stop }
}

/** Starts the work that one replica does for all. */
function startDuties<S extends z.ZodObject, C extends object, D extends Opened<S>>(
  service: Service<S, C, D>,
  { db, relayDb, bus, log }: App<unknown>,
  settings: z.output<typeof baseSettings>,
  isLeader: () => boolean,
): Loop[] {
  const { name } = service
  return [
    startReconciler(relayDb, bus, name, settings.RECONCILE_SECONDS, isLeader),
    maintainPartitions({ relayDb, log, service: name, tables: service.partitioned }, isLeader),
    forgetKeys(db, relayDb, log, isLeader),
    analyzeNew(relayDb, log, isLeader),
    askAsNewcomer(relayDb, bus, name, handlersOf(service), isLeader),
    maintainQuarantine({ db, relayDb, log, service: name, keepDays: settings.QUARANTINE_KEEP_DAYS, kinds: watchedBy(service) }, isLeader),
  ]
}

/** Connects to the stores of a service, as soon as they are available. */
async function connectStores<S extends z.ZodObject, C extends object, D extends Opened<S>>(
  { name, sentences }: Service<S, C, D>,
  settings: z.output<S> & z.output<typeof baseSettings>,
): Promise<{ app: App<z.output<S>>; refreshing: Loop }> {
  const log = createLog(name, settings.LOG_LEVEL)
  const db = connect(settings.DATABASE_URL, { name, sentences })
  const relayDb = connect(settings.RELAY_DATABASE_URL, { name: `${name}-relay`, max: RELAY_CONNECTIONS })
  await awaitStore(log, () => proveDatabase(db, relayDb))
  const bus = await connectBus(settings, name, log)
  await awaitStore(log, () => declareStream(bus, name))
  const { now, refreshing } = await databaseClock(db, log)
  return { app: { settings, db, relayDb, bus, log, now, admission: new Admission() }, refreshing }
}

/** With a role that bypasses row-level security, any query could read the rows of every tenant. */
async function proveDatabase(db: Db, relayDb: Db): Promise<void> {
  await refuseStrongRole(db)
  await makePartitions((text, values) => relayDb.pool.query(text, values))
}

async function refuseStrongRole(db: Db): Promise<void> {
  const { rows } = await db.pool.query<{ strong: boolean }>(
    `SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p')) AS strong
     FROM pg_roles r WHERE rolname = current_user`,
  )
  if (rows[0]?.strong !== false)
    throw new Error('DATABASE_URL must name a role that is no superuser, cannot bypass row-level security and owns no table')
}

/** All handlers of a service. The service that publishes the tenants already knows them. */
export const handlersOf = <S extends z.ZodObject, C extends object, D extends Opened<S>>({ name, handlers }: Service<S, C, D>) =>
  rememberTenants.publishers.includes(name) ? handlers : [...handlers, rememberTenants]
