import { type Db, withTenant } from '../db/db.ts'
import { type Bus, subjectOf } from '../events/bus.ts'
import { readBy } from '../events/consume.ts'
import { publishRows } from '../events/relay.ts'
import { AppError } from '../serve/errors.ts'
import { newId } from '../serve/ids.ts'
import { meter } from '../serve/meter.ts'
import { outside } from '../work/outside.ts'
import type { QueueEntry } from '../work/queue.ts'
import type { Outcome } from '../work/settle.ts'
import { type Resend, resends } from './resend.table.ts'
import type { Snapshot } from './snapshot.ts'

const PAGE = 500
/** Messages that a consumer may have before it: with more, pages wait, and the events of the day do not wait behind them. */
const MAX_PENDING = 20
const LEASE_SECONDS = 60
/** Time of one turn; the lease lasts longer. */
const TURN_MS = 20_000
const WAIT_SECONDS = 1

const published = meter.createCounter('renmai_resend_published', { description: 'Events published again for a consumer, by snapshot' })

type Deps = { readonly db: Db; readonly bus: Bus }

/**
 * Publishes snapshots page by page, each with the position that it reached, so that an interrupted one goes on where it was. A page that
 * was published twice changes nothing: consumers compare versions.
 */
export const resendQueue = <D extends Deps>(service: string, snapshots: readonly Snapshot[]): QueueEntry<D> =>
  outside<typeof resends, D>(resends, ({ db, bus }) => ({
    name: 'resend',
    lanes: 2,
    leaseSeconds: LEASE_SECONDS,
    batch: 1,
    call: (row) => publishPages({ db, bus }, service, snapshots, row),
  }))

async function publishPages(deps: Deps, service: string, snapshots: readonly Snapshot[], row: Resend): Promise<Outcome> {
  const wanted = snapshots.find(({ name }) => name === row.snapshot)
  if (!wanted) return { parked: `NOT_FOUND: ${service} has no snapshot ${row.snapshot}` }
  let { after } = row
  for (const until = Date.now() + TURN_MS; Date.now() < until; ) {
    if ((await pendingOf(deps.bus, service, wanted, row)) > MAX_PENDING) return pauseAt('the consumer is behind')
    const { payloads, last } = await withTenant(deps.db, row.tenantId, (tx) => wanted.read(tx, { after, limit: PAGE, since: row.since }))
    const rows = payloads.map((payload) => ({ event_id: newId(), tenant_id: row.tenantId, type: wanted.type, payload, trace: null }))
    if (rows.length > 0) await publishRows(deps.bus, service, rows, { consumer: row.consumer })
    published.add(rows.length, { snapshot: wanted.name })
    if (!(await keepPosition(deps.db, row, last, rows.length))) return pauseAt('another process goes on with it')
    if (last === null) return { done: (tx) => end(tx.client, row) }
    after = last
  }
  return pauseAt('it goes on')
}

const pauseAt = (why: string): Outcome => ({ later: why, afterSeconds: WAIT_SECONDS })

/** @throws AppError when the consumer does not exist, or reads nothing that is published again */
async function pendingOf(bus: Bus, stream: string, { type }: Snapshot, { consumer }: Resend): Promise<number> {
  try {
    const { num_pending: pending, config } = await bus.manager.consumers.info(stream, consumer)
    if (readBy(config).includes(subjectOf(type, stream, '*', consumer))) return pending
  } catch (error) {
    if ((error as { code?: number }).code === 10014) throw new AppError('NOT_FOUND', `No consumer ${consumer} reads the stream ${stream}`)
    throw error
  }
  throw new AppError('INVALID', `${consumer} keeps no state of ${type}: earlier events would be news to it`)
}

/** @returns false when another attempt holds the row. Progress forgives earlier failures. */
async function keepPosition(db: Db, { tenantId, id, attemptId }: Resend, after: string | null, count: number): Promise<boolean> {
  const moved = await withTenant(db, tenantId, (tx) =>
    tx.client.query(
      `UPDATE resends SET after = coalesce($4, after), published = published + $5, attempts = 0, next_at = now() + make_interval(secs => $6)
       WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3`,
      [tenantId, id, attemptId, after, count, LEASE_SECONDS],
    ),
  )
  return moved.rowCount === 1
}

const end = (client: { query: (text: string, values: unknown[]) => Promise<unknown> }, { tenantId, id }: Resend) =>
  client.query('UPDATE resends SET ended_at = now() WHERE tenant_id = $1 AND id = $2', [tenantId, id])
