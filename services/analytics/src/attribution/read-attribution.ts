import { type Tx, withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { AppError } from '@renmai/platform/serve/errors'
import { moment } from '@renmai/platform/serve/moments'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { AttributionModel } from '../gen/resolvers.ts'
import { isKnown } from '../warehouse/kind.rules.ts'
import { attribute, type Conversion, type Credit } from './attribution.rules.ts'

const lookbackDays = z
  .int()
  .min(1)
  .max(365)
  .nullish()
  .transform((value) => value ?? 30)
const Span = z.object({ model: z.enum(AttributionModel), from: moment, to: moment, lookbackDays })
const Path = z.object({ orderId: z.uuid(), lookbackDays })

const DAY_MS = 86_400_000
const PAGE = 5_000
// Contacts are actions of the company to reach a person, and of the person. An order's own coupon is a result, not a contact.
const IS_CONTACT = `NOT (${isKnown('coupon_redeemed')} OR ${isKnown('message_blocked')})`

export type Report = { conversions: number; revenueMinor: number; currency: string; channels: Credit[] }

/** Shares the orders of a span. Contacts follow merges: those of every profile of today's customer count. */
export async function readAttribution({ db, viewer }: Context, raw: z.input<typeof Span>): Promise<Report> {
  const { model, from, to, lookbackDays } = parse(Span, raw)
  if (to <= from || to.getTime() - from.getTime() > 366 * DAY_MS)
    throw new AppError('INVALID', 'The span must be more than nothing and at most 366 days', { to: 'is out of range' })
  return withTenant(db, viewer.tenantId, async (tx) => {
    const { currency } = await currentTenant(tx)
    const conversions: Conversion[] = []
    for (let after = FIRST; ; ) {
      const page = await readConversions(tx, { from, to, lookbackDays, currency, after })
      conversions.push(...page)
      if (page.length < PAGE) break
      after = page.at(-1)!.orderId
    }
    return {
      conversions: conversions.length,
      revenueMinor: conversions.reduce((sum, one) => sum + one.revenueMinor, 0),
      currency,
      channels: attribute(conversions, model),
    }
  })
}

const FIRST = '00000000-0000-0000-0000-000000000000'

async function readConversions(
  tx: Tx,
  span: { from: Date; to: Date; lookbackDays: number; currency: string; after: string },
): Promise<(Conversion & { orderId: string })[]> {
  const { rows } = await tx.client.query<{ orderId: string; revenueMinor: number; touches: { channel: string; at: string }[] | null }>(
    `SELECT o.order_id AS "orderId", o.total_minor - o.refunded_minor AS "revenueMinor", (
       SELECT json_agg(json_build_object('channel', e.channel, 'at', e.occurred_at) ORDER BY e.occurred_at, e.id)
       FROM profile_customers m JOIN profile_customers s ON s.tenant_id = m.tenant_id AND s.customer_id = m.customer_id
       JOIN events e ON e.tenant_id = s.tenant_id AND e.profile_id = s.profile_id
       WHERE m.tenant_id = $1 AND m.profile_id = o.profile_id AND ${IS_CONTACT}
         AND e.occurred_at < o.paid_at AND e.occurred_at >= o.paid_at - $4::int * interval '1 day') AS touches
     FROM order_facts o WHERE o.tenant_id = $1 AND o.paid_at >= $2 AND o.paid_at < $3 AND o.currency = $5 AND o.order_id > $6 AND o.total_minor > 0
     ORDER BY o.order_id LIMIT ${PAGE}`,
    [tx.tenantId, span.from, span.to, span.lookbackDays, span.currency, span.after],
  )
  return rows.map(({ orderId, revenueMinor, touches }) => ({
    orderId,
    revenueMinor,
    touches: (touches ?? []).map(({ channel, at }) => ({ channel, at: new Date(at) })),
  }))
}

export type AttributedTouchRow = { channel: string; type: string; occurredAt: Date; referenceId: string | null }

export async function readAttributionPath({ db, viewer }: Context, raw: z.input<typeof Path>): Promise<AttributedTouchRow[]> {
  const { orderId, lookbackDays } = parse(Path, raw)
  return withTenant(db, viewer.tenantId, async (tx) => {
    const { rows } = await tx.client.query<AttributedTouchRow>(
      `SELECT e.channel, e.type, e.occurred_at AS "occurredAt", e.reference_id AS "referenceId" FROM order_facts o
       JOIN profile_customers m ON m.tenant_id = o.tenant_id AND m.profile_id = o.profile_id
       JOIN profile_customers s ON s.tenant_id = m.tenant_id AND s.customer_id = m.customer_id
       JOIN events e ON e.tenant_id = s.tenant_id AND e.profile_id = s.profile_id
       WHERE o.tenant_id = $1 AND o.order_id = $2 AND ${IS_CONTACT} AND e.occurred_at < o.paid_at AND e.occurred_at >= o.paid_at - $3::int * interval '1 day'
       ORDER BY e.occurred_at, e.id LIMIT 100`,
      [tx.tenantId, orderId, lookbackDays],
    )
    return rows
  })
}
