import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { encodeRows } from '@renmai/platform/bulk'
import { newId } from '@renmai/platform/ids'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Pool } from 'undici'
import { signEvents } from '../sign-events.ts'
import { openStage, type Stage, say } from './stage.ts'

const BATCH = 500
const PEOPLE = 2_000
const SECONDS = 12
const CLIENTS = 8
const COPIES = 3
const ROUNDS = 3
const PREPARED = 1_300

/**
 * How fast events become durable, deduplicated and attached to their customers, through the public HTTP intake, against
 * raw binary COPY into an equal table with the same indexes. Rounds of both alternate, so that a busy machine weighs on
 * both alike. The readers of the events are stopped: two cores do one job.
 */
export async function ingest(): Promise<object> {
  const stage = await openStage(['campaign', 'analytics', 'compliance'])
  try {
    const source = await createSource(stage)
    await prime(stage, source)
    const rounds = []
    for (let round = 1; round <= ROUNDS; round++) {
      const [http, copy] = [await measureHttp(stage, source), await measureCopy(stage, source)]
      rounds.push({ http, copy, ratio: http / copy })
      say(`round ${round}: ${Math.round(http)} events/s by HTTP, ${Math.round(copy)} rows/s by raw COPY, ratio ${(http / copy).toFixed(2)}`)
    }
    await verify(stage)
    const best = rounds.toSorted((a, b) => a.ratio - b.ratio)[Math.floor(ROUNDS / 2)]!
    return {
      unit: 'events/s',
      value: Math.round(best.http),
      limit: 'raw binary COPY into the same indexed table',
      limitValue: Math.round(best.copy),
      ratio: Number(best.ratio.toFixed(3)),
      wanted: 0.5,
    }
  } finally {
    await stage.close()
  }
}

type Source = { id: string; url: string; secret: string }

async function createSource({ client }: Stage): Promise<Source> {
  const { createEventSource: made } = await client.query<{
    createEventSource: { account: { id: string; callbackPath: string }; secret: string }
  }>('mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id callbackPath } secret } }', {
    input: { idempotencyKey: newId(), name: 'bench', channel: 'WEB' },
  })
  return { id: made.account.id, url: client.endpoints.intake + made.account.callbackPath, secret: made.secret }
}

let sent = 0
function makeBatch(): string {
  const events = Array.from({ length: BATCH }, () => {
    const no = ++sent
    return {
      messageId: `m${no}`,
      type: 'page_view',
      occurredAt: new Date(1_767_225_600_000 + no * 1_000).toISOString(),
      identifiers: [{ namespace: 'login', value: `person-${no % PEOPLE}` }],
      properties: [{ key: 'page', value: `/product/${no % 977}` }],
    }
  })
  return JSON.stringify({ events })
}

type Signed = { body: Buffer; headers: Record<string, string> }

/** A request as a client would send it; made before the clock runs, because the client is not what is measured. */
function makeRequest({ secret }: Source): Signed {
  const body = makeBatch()
  return { body: Buffer.from(body), headers: { 'content-type': 'application/json', ...signEvents(secret, newId(), body, new Date()) } }
}

async function send(pool: Pool, { url }: Source, { body, headers }: Signed): Promise<number> {
  const answer = await pool.request({ path: new URL(url).pathname, method: 'POST', headers, body })
  const { accepted } = (await answer.body.json()) as { accepted?: number }
  if (accepted !== BATCH) throw new Error(`the intake accepted ${accepted} of ${BATCH} events`)
  return accepted
}

/** Makes everybody known, so that what is measured is the way of an event of a known person. */
async function prime(stage: Stage, source: Source): Promise<void> {
  const pool = new Pool(stage.client.endpoints.intake, { connections: 1 })
  for (let done = 0; done < PEOPLE; done += BATCH) await send(pool, source, makeRequest(source))
  for (;;) {
    const { touchpointCounts } = await stage.client.query<{ touchpointCounts: { unattached: number } }>(
      '{ touchpointCounts { unattached } }',
    )
    if (touchpointCounts.unattached === 0) break
  }
  await pool.close()
}

async function measureHttp(stage: Stage, source: Source): Promise<number> {
  const pool = new Pool(stage.client.endpoints.intake, { connections: CLIENTS })
  const requests = Array.from({ length: PREPARED }, () => makeRequest(source))
  let events = 0
  const began = performance.now()
  const client = async () => {
    while (performance.now() - began < SECONDS * 1_000) {
      const accepted = await send(pool, source, requests.pop() ?? makeRequest(source))
      events += accepted
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  await pool.close()
  return events / ((performance.now() - began) / 1_000)
}

const COLUMNS = [
  { name: 'tenant_id', type: 'uuid' },
  { name: 'id', type: 'uuid' },
  { name: 'source_id', type: 'uuid' },
  { name: 'message_id', type: 'text' },
  { name: 'profile_id', type: 'uuid' },
  { name: 'identity_key', type: 'bytea' },
  { name: 'type', type: 'text' },
  { name: 'channel', type: 'text' },
  { name: 'occurred_at', type: 'timestamptz' },
  { name: 'properties', type: 'jsonb' },
] as const

const engagementUrl = ({ platform }: Stage) => Object.assign(new URL(platform.endpoints.postgres), { pathname: '/engagement' }).href

/** The physical limit: the same rows by binary COPY into an equal table, each batch committed. */
async function measureCopy(stage: Stage, source: Source): Promise<number> {
  const admin = new pg.Client({ connectionString: engagementUrl(stage) })
  await admin.connect()
  await admin.query('CREATE TABLE IF NOT EXISTS raw_touchpoints (LIKE touchpoints INCLUDING ALL)')
  const profiles = Array.from({ length: PEOPLE }, () => ({ id: newId(), key: randomBytes(32) }))
  let rows = 0
  const began = performance.now()
  const writer = async () => {
    const client = new pg.Client({ connectionString: engagementUrl(stage) })
    await client.connect()
    while (performance.now() - began < SECONDS * 1_000) {
      const batch = Array.from({ length: BATCH }, () => {
        const no = ++sent
        const { id, key } = profiles[no % PEOPLE]!
        return [
          stage.tenantId,
          newId(),
          source.id,
          `m${no}`,
          id,
          key,
          'page_view',
          'WEB',
          new Date(1_767_225_600_000 + no * 1_000),
          { page: `/product/${no % 977}` },
        ]
      })
      await pipeline(
        Readable.from([encodeRows([...COLUMNS], batch)]),
        client.query(copyFrom(`COPY raw_touchpoints (${COLUMNS.map((one) => one.name).join(', ')}) FROM STDIN WITH (FORMAT binary)`)),
      )
      rows += BATCH
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: COPIES }, writer))
  const rate = rows / ((performance.now() - began) / 1_000)
  await admin.query('TRUNCATE raw_touchpoints')
  await admin.end()
  return rate
}

/** What was acknowledged is there, once each, with its customer. */
async function verify(stage: Stage): Promise<void> {
  const { touchpointCounts } = await stage.client.query<{ touchpointCounts: { total: number; unattached: number } }>(
    '{ touchpointCounts { total unattached } }',
  )
  say(`${touchpointCounts.total} events stored, ${touchpointCounts.unattached} without a customer`)
  if (touchpointCounts.unattached > 0) throw new Error('events of known people were not attached')
}
