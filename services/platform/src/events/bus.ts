import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
import { type ConnectionOptions, connect as connectNats, type NatsConnection } from '@nats-io/transport-node'
import { awaitStore } from '../db/await-store.ts'
import { STREAM_BYTES } from '../serve/config.ts'
import { AppError } from '../serve/errors.ts'
import type { Log } from '../serve/log.ts'

/** A connection to NATS with its JetStream clients. */
export type Bus = {
  readonly nats: NatsConnection
  readonly js: JetStreamClient
  readonly manager: JetStreamManager
  /** Whether the server can store a batch as one (2.12 and later). */
  readonly hasAtomicBatches: boolean
  /** Number of servers that keep each event. */
  readonly replicas: number
  /** Size limit of the stream of a service on each server, in bytes. */
  readonly streamBytes: number
  readonly log: Log
}

export type BusSettings = {
  NATS_URL: string
  NATS_MONITOR_URL?: string | undefined
  DURABILITY: 'strict' | 'relaxed-for-tests'
  STREAM_REPLICAS?: number
  STREAM_MAX_BYTES?: number
}

const OLDEST = [2, 10]
const ATOMIC_SINCE = [2, 12]
const DAY_NS = 24 * 3600 * 1e9
/** Codes of the server for too little storage within its limits, and on its disk. */
const NO_ROOM = [10023, 10047]

/**
 * Connects and verifies that the server keeps the messages that it acknowledges.
 * @throws Error for a server older than 2.10, and for one that does not fsync every write unless the profile allows it
 */
export async function connectBus(settings: BusSettings, name: string, log: Log): Promise<Bus> {
  const nats = await connectNats({
    ...addressOf(settings.NATS_URL),
    name,
    timeout: 2_000,
    // The connection to a server over a silent network is closed after six seconds.
    pingInterval: 2_000,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
  })
  const version = nats.info?.version ?? '0'
  if (!isAtLeast(version, OLDEST)) {
    await nats.close()
    throw new Error(`nats-server ${version} is too old: it cannot fsync every write. Use 2.12 or later (2.10 at least).`)
  }
  const manager = await awaitStore(log, async () => {
    if (settings.DURABILITY === 'strict') await requireFsync(settings.NATS_MONITOR_URL)
    return jetstreamManager(nats)
  })
  const hasAtomicBatches = isAtLeast(version, ATOMIC_SINCE)
  return {
    nats,
    js: jetstream(nats, { timeout: 5_000 }),
    manager,
    hasAtomicBatches,
    replicas: settings.STREAM_REPLICAS ?? 1,
    streamBytes: settings.STREAM_MAX_BYTES ?? STREAM_BYTES,
    log,
  }
}

/**
 * Options of the client for an address such as nats://user:password@host:4222. A client with a user name gets its
 * answers under that name, so that no other user needs permission to read them.
 */
export function addressOf(url: string): ConnectionOptions {
  const { host, username, password } = new URL(url)
  if (!username) return { servers: host }
  const user = decodeURIComponent(username)
  return { servers: host, user, pass: decodeURIComponent(password), inboxPrefix: `_INBOX.${user}` }
}

export function isAtLeast(version: string, [major, minor]: number[]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major! || (a === major && b >= minor!)
}

async function requireFsync(monitorUrl: string | undefined): Promise<void> {
  const advice = 'Set sync_interval: always in its jetstream block and http_port for its monitor.'
  if (!monitorUrl) throw new Error(`NATS_MONITOR_URL is needed to prove that NATS fsyncs every write. ${advice}`)
  const response = await fetch(new URL('/varz', monitorUrl), { signal: AbortSignal.timeout(3_000) })
  const { jetstream } = (await response.json()) as { jetstream?: { config?: { sync_always?: boolean } } }
  if (jetstream?.config?.sync_always !== true) {
    throw new Error(`NATS may lose acknowledged events on power loss. ${advice}`)
  }
}

/**
 * The subject of an event: full name of the message, publisher and tenant. No code writes one by hand.
 * `renmai.identity.v1.ProfileLinked` + identity + tenant
 * @param consumer the only consumer that reads it; all do by default
 */
export function subjectOf(type: string, publisher: string, tenantId: string, consumer?: string): string {
  const subject = `${type}.${publisher}.${tenantId}`
  return consumer === undefined ? subject : `${subject}.${consumer}`
}

function streamConfig(service: string, bytes: number): Partial<StreamConfig> & { name: string } {
  return {
    name: service,
    subjects: [`renmai.*.v1.*.${service}.*`, `renmai.*.v1.*.${service}.*.*`],
    storage: 'file',
    retention: 'limits',
    // A full stream refuses new events: they wait in the outbox instead of removing older ones.
    discard: 'new',
    max_age: 7 * DAY_NS,
    max_bytes: bytes,
    duplicate_window: 120e9,
    deny_delete: true,
  }
}

/**
 * Creates the stream of the service, or updates its settings.
 * @throws Error that names the setting to change when NATS has no room for the stream
 */
export async function declareStream(bus: Bus, service: string): Promise<void> {
  const config = {
    ...streamConfig(service, bus.streamBytes),
    num_replicas: bus.replicas,
    ...(bus.hasAtomicBatches ? { allow_atomic: true } : {}),
  }
  try {
    await bus.manager.streams.info(service)
    await bus.manager.streams.update(service, config)
  } catch (error) {
    if ((error as { name?: string }).name !== 'StreamNotFoundError') throw sayRoom(error, bus.streamBytes)
    await bus.manager.streams.add(config).catch((refused: unknown) => {
      throw sayRoom(refused, bus.streamBytes)
    })
  }
}

function sayRoom(error: unknown, bytes: number): unknown {
  if (!NO_ROOM.includes((error as { code?: number }).code ?? 0)) return error
  return new Error(`NATS has no ${bytes} bytes left for this stream: five of STREAM_MAX_BYTES must fit into its max_file_store`, {
    cause: error,
  })
}

/** The error for a request to a service that does not answer in time or at all. */
export function asUnavailable(error: unknown, what: string): AppError {
  return new AppError('UNAVAILABLE', `${what} does not answer; try again`, undefined, { cause: error })
}
