import { connect, type Db } from '@renmai/platform/db/db'
import { Pool } from 'undici'
import { createSource, makeRequest, prime, type Signed, type Source, send, verify } from './ingest.ts'
import { compare, type Measured, tell, withCpu } from './measure.ts'
import { openStage, type Stage, say } from './stage.ts'

const WHOLE = { few: 100_000, many: 10_000_000, rounds: 6, batches: 60 }
const CHUNK = 500_000
/** Number of people that the bench makes known at its start. */
const PEOPLE = 2_000
const CLIENTS = 4
/** Days over which the stored events came; the keys of the last ones are stored too. */
const [DAYS, KEPT_DAYS] = [100, 14]

/**
 * Measures whether the cost of taking in an event depends on the number of stored events: microseconds per event with ten
 * million stored, compared with a hundred thousand. The database itself writes the events in between, in the form that the
 * intake gives them, as if they had come over the last months.
 */
export async function growth(): Promise<object> {
  const stage = await openStage(['campaign', 'analytics', 'compliance'])
  try {
    return await measureGrowth(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

type Extent = typeof WHOLE

/** @param extent.batches requests of a thousand events in a round */
export async function measureGrowth(stage: Stage, extent: Extent): Promise<object> {
  const engagement = connect(Object.assign(new URL(stage.client.endpoints.postgres), { pathname: '/engagement' }).href, {
    statementTimeoutMs: 300_000,
  })
  try {
    const source = await createSource(stage)
    await prime(stage, source)
    await makePast(engagement)
    await growTo(engagement, extent.few, extent)
    const few = await measure(stage, engagement, source, extent)
    await growTo(engagement, extent.many, extent)
    const many = await measure(stage, engagement, source, extent)
    await verify(stage)
    const { value, cpuMicroseconds, limitValue, limitCpuMicroseconds } = compare(many, few)
    const ratio = Number((limitValue / value).toFixed(3))
    return {
      unit: 'events/s',
      limit: `the same with ${extent.few / 1e6} million stored`,
      wantedAtMost: 1.15,
      value,
      cpuMicroseconds,
      limitValue,
      limitCpuMicroseconds,
      ratio,
    }
  } finally {
    await engagement.pool.end()
  }
}

/** The partitions of the days before now: those that a platform of that age has. */
async function makePast({ pool }: Db): Promise<void> {
  for (const [table, unit] of [
    ['touchpoints', 'month'],
    ['event_keys', 'week'],
  ])
    await pool.query("SELECT ensure_partition($1, at, $2) FROM generate_series(now() - $3 * interval '1 day', now(), '7 days') AS at", [
      table,
      unit,
      DAYS,
    ])
}

async function growTo({ pool }: Db, wanted: number, { many }: Extent): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>('SELECT count(*) AS n FROM touchpoints')
    const missing = Math.min(CHUNK, wanted - Number(rows[0]!.n))
    if (missing <= 0) break
    await pool.query(
      `WITH past AS (
         INSERT INTO touchpoints (tenant_id, id, source_id, message_id, profile_id, identity_key, type, channel, occurred_at, details)
         SELECT p.tenant_id, uuidv7(-age), p.source_id, 'g' || $1 || '-' || n, p.profile_id, p.identity_key, p.type, p.channel, now() - age, p.details
         FROM (SELECT *, row_number() OVER () AS no FROM (SELECT * FROM touchpoints ORDER BY tenant_id, id LIMIT ${PEOPLE}) first) p
         JOIN generate_series(1, $2) n ON p.no = 1 + n % ${PEOPLE}, LATERAL (SELECT (1 - ($1 + n) / $3::float8) * interval '${DAYS} days' AS age) a
         RETURNING tenant_id, source_id, message_id, uuid_extract_timestamp(id) AS at
       ) INSERT INTO event_keys SELECT tenant_id, source_id, message_id, date_trunc('week', at, 'UTC')::date FROM past WHERE at > now() - interval '${KEPT_DAYS} days'`,
      [Number(rows[0]!.n), missing, many],
    )
    say(`${Number(rows[0]!.n) + missing} events stored`)
  }
  await pool.query('VACUUM (ANALYZE) touchpoints, event_keys')
  await pool.query('CHECKPOINT')
}

async function measure(stage: Stage, { pool }: Db, source: Source, extent: Extent): Promise<Measured[]> {
  const rounds: Measured[] = []
  for (let round = 0; round <= extent.rounds; round++) {
    const requests = Array.from({ length: extent.batches }, () => makeRequest(source))
    const measured = await withCpu(() => sendAll(stage, source, requests))
    // Remaining work of the relay must not slow the next round.
    while ((await pool.query('SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1')).rowCount! > 0);
    if (round === 0) continue
    rounds.push(measured)
    say(`round ${round}: ${tell(measured)}`)
  }
  return rounds
}

async function sendAll(stage: Stage, source: Source, requests: Signed[]): Promise<number> {
  const pool = new Pool(stage.client.endpoints.intake, { connections: CLIENTS })
  let events = 0
  const client = async () => {
    for (let request = requests.pop(); request; request = requests.pop()) {
      const accepted = await send(pool, source, request)
      events += accepted
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  await pool.close()
  return events
}
