import { setTimeout as sleep } from 'node:timers/promises'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { headers } from '@nats-io/nats-core'
import { connect, type Db, withTenant } from '@renmai/platform/db/db'
import { type Bus, connectBus, declareStream, subjectOf } from '@renmai/platform/events/bus'
import type { OutboxRow } from '@renmai/platform/events/envelope'
import { publish } from '@renmai/platform/events/outbox'
import { startRelay } from '@renmai/platform/events/relay'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { compare, type Measured, microseconds, tell, withCpu } from './measure.ts'
import { relayAccount } from './relay-account.ts'
import { openStage, type Stage, say } from './stage.ts'

const WHOLE = { rounds: 6, events: 20_000 }
const BATCH = 500
const PEOPLE = 2_000
const POLL_MS = 20
const CONSUMER = 'campaign_count-behaviour'
const ATOMIC = 1_000

/**
 * Compares how fast events of an outbox become effects of a consumer (read, published with fsync, marked, consumed once,
 * counted and committed by campaign) with only publishing them, one message per event in atomic batches.
 */
export async function relay(): Promise<object> {
  const stage = await openStage(['identity', 'engagement', 'analytics', 'compliance', 'gateway'])
  try {
    return await measureRelay(stage, WHOLE)
  } finally {
    await stage.close()
  }
}

/** @param extent.events number in a round, a multiple of a thousand */
export async function measureRelay(stage: Stage, { rounds, events }: typeof WHOLE): Promise<object> {
  const outbox = databaseOf(stage, 'engagement')
  const inbox = databaseOf(stage, 'campaign')
  const { nats, natsMonitor } = stage.platform.endpoints
  const bus = await connectBus(
    { NATS_URL: nats, NATS_MONITOR_URL: natsMonitor, DURABILITY: 'strict' },
    'bench',
    createLog('bench', 'error'),
  )
  try {
    await declareStream(bus, 'bare')
    // What the stage published by itself would be counted among the effects.
    await relayAll(bus, outbox, 0)
    const earlier = await countHeard(inbox)
    const [whole, bare] = [[] as Measured[], [] as Measured[]]
    for (let round = 0; round <= rounds; round++) {
      const rows = await fill(stage, outbox, events)
      const measured = [await withCpu(() => relayAll(bus, outbox, events)), await withCpu(() => publishAll(bus, rows))] as const
      // The first round warms up.
      if (round === 0) continue
      whole.push(measured[0])
      bare.push(measured[1])
      say(`round ${round}: outbox to effect ${tell(measured[0])}; bare publishing ${tell(measured[1])}`)
    }
    const [effects, wanted] = [(await countHeard(inbox)) - earlier, (rounds + 1) * events]
    if (effects !== wanted) throw new Error(`${effects} effects of ${wanted} events`)
    const account = await relayAccount(bus, outbox, inbox, await fill(stage, outbox, events), stage.tenantId)
    return {
      unit: 'events/s',
      limit: 'the same events published and nothing else, one message per event in atomic batches',
      wanted: 0.5,
      ...compare(whole, bare),
      account: { ...account, wholeMicroseconds: microseconds(whole), bareMicroseconds: microseconds(bare) },
    }
  } finally {
    await bus.nats.close()
    await Promise.all([outbox.pool.end(), inbox.pool.end()])
  }
}

const databaseOf = ({ platform }: Stage, name: string) =>
  connect(Object.assign(new URL(platform.endpoints.postgres), { pathname: `/${name}` }).href, { statementTimeoutMs: 60_000 })

async function countHeard({ pool }: Db): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM inbox WHERE consumer = $1', [CONSUMER])
  return rows[0]!.n
}

/** Fills the outbox with events, each of one touchpoint. */
async function fill({ tenantId }: Stage, outbox: Db, count: number): Promise<OutboxRow[]> {
  const profiles = Array.from({ length: PEOPLE }, () => newId())
  for (let done = 0; done < count; done += BATCH) {
    const events = Array.from({ length: BATCH }, (_, index) => ({
      touchpoints: [
        {
          touchpointId: newId(),
          profileId: profiles[(done + index) % PEOPLE]!,
          type: 'page_view',
          channel: 'WEB',
          occurredAt: timestampFromDate(new Date()),
          referenceId: '',
        },
      ],
    }))
    await withTenant(outbox, tenantId, (tx) => publish(tx, TouchpointsRecordedSchema, ...events))
  }
  const { rows } = await outbox.pool.query<OutboxRow>('SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id')
  return rows
}

async function relayAll(bus: Bus, outbox: Db, count: number): Promise<number> {
  const isPublished = async () => (await outbox.pool.query('SELECT 1 FROM outbox WHERE published_at IS NULL LIMIT 1')).rowCount === 0
  // Messages are acknowledged after their effects are committed.
  const isHandled = async () => {
    const { num_pending, num_ack_pending } = await bus.manager.consumers.info('engagement', CONSUMER)
    return num_pending + num_ack_pending === 0
  }
  const running = startRelay(outbox, bus, 'engagement')
  while (!((await isPublished()) && (await isHandled()))) await sleep(POLL_MS)
  await running.stop()
  return count
}

/** A message per event, in atomic batches as large as NATS takes. */
async function publishAll(bus: Bus, rows: OutboxRow[]): Promise<number> {
  const subject = (row: OutboxRow) => subjectOf(row.type, 'bare', row.tenant_id)
  for (let at = 0; at < rows.length; at += ATOMIC) {
    const [first, ...rest] = rows.slice(at, at + ATOMIC)
    const last = rest.pop()!
    const batch = await bus.js.startBatch(subject(first!), first!.payload, { headers: named(first!) })
    for (const row of rest) batch.add(subject(row), row.payload, { headers: named(row) })
    await batch.commit(subject(last), last.payload, { headers: named(last), timeout: 5_000 })
  }
  return rows.length
}

function named(row: OutboxRow) {
  const result = headers()
  result.set('Nats-Msg-Id', row.event_id)
  return result
}
