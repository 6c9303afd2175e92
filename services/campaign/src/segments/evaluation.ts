import { isRetryable, type Tx, translate, withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { publish } from '@renmai/platform/events/outbox'
import { LEASED } from '@renmai/platform/work/leased'
import { queue } from '@renmai/platform/work/queue'
import { isAway } from '@renmai/platform/work/settle'
import { SegmentEnteredSchema, SegmentLeftSchema } from '@renmai/proto/campaign/v1/events'
import { and, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Deps } from '../context.ts'
import { compileClause, HAS_PROFILE } from './compile-clause.rules.ts'
import { noteFailure } from './note-failure.ts'
import { type Segment, segments } from './segment.table.ts'

const BATCH = 2_000
const SWEEP_EVERY = "interval '10 minutes'"
/**
 * A sweep by 200 clauses uses a processor of the database for seconds with some hundreds of customers. This rest limits a
 * tenant to a quarter of a processor.
 */
const SWEEP_REST = 3
/** A condition that takes longer for a batch of customers is evaluated by a sweep of its own. */
const DIRTY_TIMEOUT = "SET LOCAL statement_timeout = '3s'"

/**
 * Keeps memberships of the marked customers. Changes of memberships and their events commit together, so each is published
 * exactly once.
 */
export const evaluateDirtyCustomers = queue('dirty_customers', ({ db, now }: Deps) => ({
  name: 'evaluate-segments',
  due: [{ waiting: 'true', at: 'now()', by: 'customer_id' }],
  work: (tenantId) => aside(db, tenantId, (tx) => evaluateDirty(tx, now())),
}))

/** Evaluates all customers, for segments that are new, that time alone can change, or that failed for a batch of customers. */
export const sweepSegments = queue('segments', ({ db, now }: Deps) => ({
  name: 'sweep-segments',
  rest: SWEEP_REST,
  due: [LEASED],
  parks: true,
  work: (tenantId) => aside(db, tenantId, (tx) => sweep(tx, now())),
}))

/** A condition could not be evaluated. Its segment is set aside, and the others go on. */
class ConditionFailure extends Error {
  override readonly name = 'ConditionFailure'
  readonly segment: Segment
  /** Not `cause`: that would count as the failure of the whole transaction. */
  readonly reason: unknown

  constructor(segment: Segment, reason: unknown) {
    super('A condition could not be evaluated')
    this.segment = segment
    this.reason = reason
  }
}

function aside(db: Deps['db'], tenantId: string, work: (tx: Tx) => Promise<number>): Promise<number> {
  return withTenant(db, tenantId, work).catch(async (error) => {
    if (!(error instanceof ConditionFailure)) throw error
    await withTenant(db, tenantId, (tx) => noteFailure(tx, error.segment, error.reason))
    return 1
  })
}

/** Allows one evaluation of a tenant at a time: two could publish the same entry twice. */
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
  await tx.client.query(DIRTY_TIMEOUT)
  // A segment that failed is skipped: its next sweep evaluates all customers.
  const isInOrder = and(
    eq(segments.tenantId, tx.tenantId),
    isNotNull(segments.sweptAt),
    eq(segments.attempts, 0),
    isNull(segments.parkedAt),
  )
  for (const segment of await tx.select().from(segments).where(isInOrder)) await evaluate(tx, segment, now, customerIds)
  return customerIds.length
}

/** Sweeps one segment that is due. */
export async function sweep(tx: Tx, now: Date): Promise<number> {
  await lockTenant(tx)
  const [segment] = await tx
    .select()
    .from(segments)
    .where(and(eq(segments.tenantId, tx.tenantId), lte(segments.nextAt, sql`now()`)))
    .orderBy(segments.nextAt)
    .limit(1)
  if (!segment) return 0
  await evaluate(tx, segment, now, null)
  const nextAt = segment.usesClock ? sql.raw(`now() + ${SWEEP_EVERY}`) : null
  await tx
    .update(segments)
    .set({ sweptAt: now, nextAt, attempts: 0, problem: null })
    .where(and(eq(segments.tenantId, tx.tenantId), eq(segments.id, segment.id)))
  return 1
}

async function evaluate(tx: Tx, segment: Segment, now: Date, customerIds: string[] | null): Promise<void> {
  await compare(tx, segment, now, customerIds).catch((error) => {
    const reason = translate(error)
    throw isAway(reason) || isRetryable(error) ? error : new ConditionFailure(segment, reason)
  })
}

/** Compares the customers that match with the members, among the given customers or all. */
async function compare(tx: Tx, segment: Segment, now: Date, customerIds: string[] | null): Promise<void> {
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
