import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { currentTenant } from '@renmai/platform/db/tenants'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { day } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { classify, type RfmInput, type Scored } from './rfm.rules.ts'
import { type RfmRun, rfmRuns, rfmScores } from './rfm.table.ts'

const Input = z.object({
  idempotencyKey,
  asOf: day,
  windowDays: z
    .int()
    .min(1)
    .max(3_650)
    .nullish()
    .transform((value) => value ?? 365),
  method: z
    .enum(['MEAN', 'MEDIAN', 'FIXED', 'QUINTILE'])
    .nullish()
    .transform((value) => value ?? 'MEAN'),
  monetaryBasis: z
    .enum(['SUM', 'AVG'])
    .nullish()
    .transform((value) => value ?? 'SUM'),
  cuts: z
    .object({
      recencyDays: z.int().min(0),
      frequency: z.int().min(1),
      monetaryMinor: z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    })
    .nullish(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullish(),
  shopId: z.string().max(128).nullish(),
  zone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), 'is no IANA time zone')
    .nullish(),
})

const EVENT_SIZE = 500

/** Scores all customers and publishes those whose class changed, in one transaction. */
export async function computeRfm(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'computeRfm', scope: 'analytics:write' }, input, async (tx) => {
    await tx.client.query("SELECT pg_advisory_xact_lock(hashtext('rfm'), hashtext($1))", [tx.tenantId])
    const tenant = await currentTenant(tx)
    const currency = input.currency ?? tenant.currency
    const measured = await measure(tx, { ...input, currency, zone: input.zone ?? tenant.zone })
    const scored = classify(measured, input.method, input.cuts ?? undefined)
    const run = await store(tx, scored, { asOf: input.asOf, currency })
    return { decided: { id: run.id }, targetId: run.id }
  })
}

type Span = {
  asOf: string
  windowDays: number
  monetaryBasis: 'SUM' | 'AVG'
  currency: string
  zone: string
  shopId?: string | null | undefined
}

/**
 * R, F and M per customer. An order counts when it was paid in the window, for more than nothing, and not refunded in
 * full; refunds of the window, also those booked as documents of their own, are taken off M.
 */
async function measure(tx: Tx, { asOf, windowDays, monetaryBasis, currency, zone, shopId }: Span): Promise<RfmInput[]> {
  const { rows } = await tx.client.query<RfmInput>(
    `WITH span AS (
       SELECT ($2::date + 1)::timestamp AT TIME ZONE $5 AS upto, ($2::date + 1 - $3::int)::timestamp AT TIME ZONE $5 AS since
     ), counted AS (
       SELECT m.customer_id, o.*, NOT o.is_refund_document AND o.paid_at >= span.since AND o.paid_at < span.upto AND o.refunded_minor < o.total_minor AS is_order,
         o.paid_at >= span.since AND o.paid_at < span.upto AS is_paid, o.is_refund_document AND o.refunded_at >= span.since AND o.refunded_at < span.upto AS is_refund
       FROM order_facts o CROSS JOIN span JOIN profile_customers m ON m.tenant_id = o.tenant_id AND m.profile_id = o.profile_id
       WHERE o.tenant_id = $1 AND o.currency = $4 AND ($6::text IS NULL OR o.shop_id = $6)
     ), summed AS (
       SELECT customer_id, count(*) FILTER (WHERE is_order) AS frequency,
         $2::date - (max(paid_at) FILTER (WHERE is_order) AT TIME ZONE $5)::date AS recency,
         coalesce(sum(total_minor - refunded_minor) FILTER (WHERE is_paid), 0) - coalesce(sum(refunded_minor) FILTER (WHERE is_refund), 0) AS money
       FROM counted GROUP BY customer_id
     )
     SELECT customer_id AS "customerId", recency AS "recencyDays", frequency::int,
       (CASE WHEN $7 = 'AVG' THEN round(money / frequency) ELSE money END)::bigint AS "monetaryMinor"
     FROM summed WHERE frequency > 0 ORDER BY customer_id`,
    [tx.tenantId, asOf, windowDays, currency, zone, shopId ?? null, monetaryBasis],
  )
  return rows
}

async function store(tx: Tx, scored: Scored[], { asOf, currency }: { asOf: string; currency: string }): Promise<RfmRun> {
  const [latest] = await tx.select().from(rfmRuns).where(eq(rfmRuns.tenantId, tx.tenantId)).orderBy(desc(rfmRuns.number)).limit(1)
  const run = { id: newId(), number: (latest?.number ?? 0) + 1 }
  const before = await readClasses(tx)
  await tx.client.query('DELETE FROM rfm_scores WHERE tenant_id = $1', [tx.tenantId])
  await insertRows(
    tx,
    rfmScores,
    scored.map((one) => ({ ...one, runId: run.id })),
  )
  const changes = changesBetween(before, scored)
  for (let at = 0; at < changes.length; at += EVENT_SIZE)
    await publish(tx, RfmClassChangedSchema, { runId: run.id, runNumber: BigInt(run.number), changes: changes.slice(at, at + EVENT_SIZE) })
  const counts = Object.fromEntries([...Map.groupBy(scored, (one) => one.rfmClass)].map(([name, mine]) => [name, mine.length]))
  const [stored] = await tx
    .insert(rfmRuns)
    .values({ tenantId: tx.tenantId, ...run, asOf, currency, scored: scored.length, changed: changes.length, counts })
    .returning()
  return stored!
}

async function readClasses(tx: Tx): Promise<Map<string, keyof typeof RfmClass>> {
  const { rows } = await tx.client.query<{ customer_id: string; rfm_class: keyof typeof RfmClass }>(
    'SELECT customer_id, rfm_class FROM rfm_scores WHERE tenant_id = $1',
    [tx.tenantId],
  )
  return new Map(rows.map((row) => [row.customer_id, row.rfm_class]))
}

function changesBetween(before: Map<string, keyof typeof RfmClass>, scored: Scored[]) {
  const of = (name: keyof typeof RfmClass | undefined) => (name ? RfmClass[name] : RfmClass.UNSPECIFIED)
  const now = new Set(scored.map((one) => one.customerId))
  const changed = scored
    .filter((one) => before.get(one.customerId) !== one.rfmClass)
    .map((one) => ({ customerId: one.customerId, rfmClass: of(one.rfmClass), previousClass: of(before.get(one.customerId)) }))
  const gone = [...before]
    .filter(([id]) => !now.has(id))
    .map(([customerId, name]) => ({ customerId, rfmClass: RfmClass.UNSPECIFIED, previousClass: of(name) }))
  return [...changed, ...gone]
}
