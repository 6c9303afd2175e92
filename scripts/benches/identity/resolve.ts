import { setTimeout as sleep } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { connect, type Db } from '@renmai/platform/db/db'
import { subjectOfMethod } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { IdentityService, ResolveProfilesResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import { compare, type Measured, tell, withCpu } from '../measure.ts'
import { percentile, type Stage, say } from '../stage.ts'
import { resolveAccount } from './account.ts'
import { createRecords, peopleOf, requestOf, type SourceRecord } from './claims.ts'
import { insertWritten, readWritten, type Written } from './read-written.ts'

/** Claims of a request, as engagement sends them. */
const BATCH = 500
const IN_FLIGHT = 8
/** Records that the limit inserts in one transaction. */
const BARE_BATCH = 2_000
const REQUEST_MS = 60_000
const POLL_MS = 20
/** Records of a request while the latency is measured: what arrives within some milliseconds. */
const SMALL_BATCH = 50

/** Requests of which the steps are accounted for. */
const ACCOUNTED = 8

export type Extent = { rounds: number; records: number; latencySeconds: number }

/** Identity over the bus, its database, and a tenant for each way to write. */
type Resolving = {
  bus: Bus
  db: Db
  url: string
  tenantId: string
  bareTenantId: string
  next: () => SourceRecord
  close: () => Promise<void>
}

export async function openResolving(stage: Stage, people: number, seed = 1): Promise<Resolving> {
  const { nats, natsMonitor, postgres } = stage.platform.endpoints
  const log = createLog('bench', 'error')
  const bus = await connectBus({ NATS_URL: nats, NATS_MONITOR_URL: natsMonitor, DURABILITY: 'relaxed-for-tests' }, 'bench', log)
  const url = Object.assign(new URL(postgres), { pathname: '/identity' }).href
  const db = connect(url, { statementTimeoutMs: 600_000 })
  const close = async () => {
    await bus.nats.close()
    await db.pool.end()
  }
  return { bus, db, url, tenantId: newId(), bareTenantId: newId(), next: createRecords(seed, people), close }
}

/**
 * Compares how fast records become durable, joined and published (the request over the bus until it is answered, which is after the
 * commit) with inserting the very rows that they became, without any look-up. Short rounds of both alternate.
 */
export async function measureResolve(stage: Stage, extent: Extent): Promise<object> {
  const resolving = await openResolving(stage, peopleOf(extent.records * (extent.rounds + 1)))
  try {
    const rounds = await alternate(resolving, extent)
    const compared = compare(...rounds)
    const latency = await measureLatency(resolving, compared.value / 2, extent.latencySeconds)
    const requests = Array.from({ length: ACCOUNTED }, () => makeRequest(resolving, BATCH))
    const account = await resolveAccount(resolving.url, stage.platform.secrets.keyRing, requests, ACCOUNTED * BATCH)
    const limit = 'bulk insert of the rows that they became'
    return { unit: 'records/s', limit, wanted: 0.7, ...compared, ...latency, wantedP99Ms: 50, account }
  } finally {
    await resolving.close()
  }
}

/** Rounds of both ways to write, after one that warms up. */
export async function alternate(
  resolving: Resolving,
  { rounds, records }: Omit<Extent, 'latencySeconds'>,
): Promise<[Measured[], Measured[]]> {
  const [resolved, bare] = [[] as Measured[], [] as Measured[]]
  for (let round = 0; round <= rounds; round++) {
    const [one, other] = await measureRound(resolving, records)
    if (round === 0) continue
    resolved.push(one)
    bare.push(other)
    say(`round ${round}: resolved ${tell(one)}; bare insert ${tell(other)}`)
  }
  return [resolved, bare]
}

async function measureRound(resolving: Resolving, records: number): Promise<[Measured, Measured]> {
  const { db, tenantId, bareTenantId } = resolving
  const requests = Array.from({ length: Math.ceil(records / BATCH) }, () => makeRequest(resolving, BATCH))
  const { rows } = await db.pool.query<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM outbox')
  const profileIds: string[] = []
  const resolved = await withCpu(async () => {
    const client = async () => {
      for (let request = requests.pop(); request; request = requests.pop()) profileIds.push(...(await send(resolving, request)))
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, client))
    await untilPublished(db)
    return profileIds.length
  })
  const written = await readWritten(db, tenantId, profileIds, rows[0]!.last, BARE_BATCH)
  const bare = await withCpu(() => insertAll(db, bareTenantId, written))
  return [resolved, bare]
}

async function insertAll(db: Db, tenantId: string, written: readonly Written[]): Promise<number> {
  for (const one of written) await insertWritten(db, tenantId, one)
  await untilPublished(db)
  return written.reduce((sum, { records }) => sum + records, 0)
}

/** The relay works for both alike. */
async function untilPublished({ pool }: Db): Promise<void> {
  while ((await pool.query('SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1')).rowCount! > 0) await sleep(POLL_MS)
}

const makeRequest = ({ tenantId, next }: Resolving, records: number): Uint8Array =>
  requestOf(
    tenantId,
    Array.from({ length: records }, () => next()),
  )

async function send({ bus }: Resolving, request: Uint8Array): Promise<string[]> {
  const message = await bus.nats.request(subjectOfMethod(IdentityService.method.resolveProfiles), request, { timeout: REQUEST_MS })
  if (message.headers?.get('Renmai-Error')) throw new Error(`identity did not resolve: ${message.string()}`)
  const { profiles } = fromBinary(ResolveProfilesResponseSchema, message.data)
  const wrong = profiles.find(({ errorCode, leftOut }) => errorCode !== '' || leftOut.length > 0)
  if (wrong) throw new Error(`identity refused a claim: ${wrong.errorMessage}`)
  return profiles.map(({ profileId }) => profileId)
}

/** Sends small requests at a fixed rate, whether answered or not. */
async function measureLatency(resolving: Resolving, perSecond: number, seconds: number): Promise<{ p50Ms: number; p99Ms: number }> {
  const times: number[] = []
  const sending: Promise<void>[] = []
  const began = performance.now()
  const step = (SMALL_BATCH / perSecond) * 1_000
  for (let no = 0; no * step < seconds * 1_000; no++) {
    const due = began + no * step
    const request = makeRequest(resolving, SMALL_BATCH)
    const early = due - performance.now()
    if (early > 1) await sleep(early)
    sending.push(send(resolving, request).then(() => void times.push(performance.now() - due)))
  }
  await Promise.all(sending)
  const [p50Ms, p99Ms] = [0.5, 0.99].map((share) => Number(percentile(times, share).toFixed(1))) as [number, number]
  say(`at half load, ${Math.round(perSecond)} records/s in requests of ${SMALL_BATCH}: p50 ${p50Ms} ms, p99 ${p99Ms} ms`)
  return { p50Ms, p99Ms }
}
