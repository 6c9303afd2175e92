import { type Tx, withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { publish } from '@renmai/platform/outbox'
import { currentTenant, tenantsWithWork } from '@renmai/platform/tenants'
import { SegmentEnteredSchema, SegmentLeftSchema } from '@renmai/proto/campaign/v1/events'
import { and, eq } from 'drizzle-orm'
import type { Worker } from '../context.ts'
import { compileClause, HAS_PROFILE } from './clause.rules.ts'
import { type Segment, segments } from './segment.table.ts'

const POLL_MS = 200
const BATCH = 2_000
const SWEEP_EVERY = "interval '10 minutes'"

/**
 * Keeps memberships: of customers about whom something became known, and, for conditions with a window of time, of all
 * customers every ten minutes. What changes and the events that say so commit together, so each is told exactly once.
 */
export function evaluateSegments(worker: Worker): Loop {
  return loop('evaluate-segments', worker.bus.log, { pollMs: POLL_MS }, async () => {
    let done = 0
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'dirty_customers', 'true')) {
      done += await withTenant(worker.db, tenantId, (tx) => evaluateDirty(tx, worker.now()))
    }
    const due = ['swept_at IS NULL', `uses_clock AND swept_at < now() - ${SWEEP_EVERY}`] as const
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'segments', ...due)) {
      done += await withTenant(worker.db, tenantId, (tx) => sweep(tx, worker.now()))
    }
    return done
  })
}

/** One evaluation of a tenant at a time: two could tell the same entry twice. */
const lockTenant = (tx: Tx) => tx.client.query("SELECT pg_advisory_xact_lock(hashtext('segments'), hashtext($1))", [tx.tenantId])

export async function evaluateDirty(tx: Tx, now: Date): Promise<number> {
  await lockTenant(tx)
  const { rows } = await tx.client.query<{ customer_id: string }>(
    `DELETE FROM dirty_customers WHERE (tenant_id, customer_id) IN (
       SELECT tenant_id, customer_id FROM dirty_customers WHERE tenant_id = $1 ORDER BY customer_id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) RETURNING customer_id`,
    [tx.tenantId],
  )
  const customerIds = rows.map((row) => row.customer_id)
  if (customerIds.length === 0) return 0
  const all = await tx.select().from(segments).where(eq(segments.tenantId, tx.tenantId))
  for (const segment of all.filter((one) => one.sweptAt)) await evaluate(tx, segment, now, customerIds)
  return customerIds.length
}

/** Looks at all customers, for segments that are new or that time alone can change. */
export async function sweep(tx: Tx, now: Date): Promise<number> {
  await lockTenant(tx)
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT id FROM segments WHERE tenant_id = $1 AND (swept_at IS NULL OR (uses_clock AND swept_at < now() - ${SWEEP_EVERY}))`,
    [tx.tenantId],
  )
  for (const { id } of rows) {
    const mine = and(eq(segments.tenantId, tx.tenantId), eq(segments.id, id))
    const [segment] = await tx.select().from(segments).where(mine)
    await evaluate(tx, segment!, now, null)
    await tx.update(segments).set({ sweptAt: now }).where(mine)
  }
  return rows.length
}

/** Compares who matches with who is a member, among the given customers or all. */
async function evaluate(tx: Tx, segment: Segment, now: Date, customerIds: string[] | null): Promise<void> {
  const { zone } = await currentTenant(tx)
  const { sql, params } = compileClause(segment.definition, 2)
  const scope = customerIds
    ? 'SELECT unnest($4::uuid[]) AS id'
    : 'SELECT customer_id AS id FROM profile_customers WHERE tenant_id = $1 AND $4::uuid[] IS NULL UNION SELECT customer_id FROM segment_members WHERE tenant_id = $1 AND segment_id = $5'
  const { rows } = await tx.client.query<{ id: string; entered: boolean }>(
    `WITH looked AS (
       SELECT c.id, (${HAS_PROFILE} AND ${sql}) AS matches,
         EXISTS (SELECT 1 FROM segment_members s WHERE s.tenant_id = $1 AND s.segment_id = $5 AND s.customer_id = c.id) AS is_member
       FROM (${scope}) c WHERE $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL
     ), changed AS (SELECT id, matches AS entered FROM looked WHERE matches <> is_member),
     added AS (INSERT INTO segment_members (tenant_id, segment_id, customer_id) SELECT $1, $5, id FROM changed WHERE entered),
     removed AS (DELETE FROM segment_members s USING changed WHERE s.tenant_id = $1 AND s.segment_id = $5 AND s.customer_id = changed.id AND NOT changed.entered)
     SELECT id, entered FROM changed ORDER BY id`,
    [tx.tenantId, now, zone, customerIds, segment.id, ...params],
  )
  const facts = (entered: boolean) =>
    rows.filter((row) => row.entered === entered).map((row) => ({ segmentId: segment.id, customerId: row.id }))
  await publish(tx, SegmentEnteredSchema, ...facts(true))
  await publish(tx, SegmentLeftSchema, ...facts(false))
}
