import { type Tx, withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { days } from '@renmai/platform/serve/duration'
import { AppError } from '@renmai/platform/serve/errors'
import { moment } from '@renmai/platform/serve/moments'
import { currencyCode } from '@renmai/platform/serve/money'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { readRates } from '../exchange-rates/exchange-rate.ts'
import { AttributionModel } from '../gen/resolvers.ts'
import { isKnown } from '../warehouse/kind.rules.ts'
import { orderNet } from '../warehouse/order-facts.rules.ts'
import { attribute, type Conversion, type Model } from './attribution.rules.ts'
import { type ConvertedCredit, convertAttribution, type DatedConversion } from './convert-attribution.rules.ts'

const LOOKBACK = 'must be P1D to P365D'
/** In days. */
const lookback = days
  .refine((value) => value >= 1 && value <= 365, LOOKBACK)
  .nullish()
  .transform((value) => value ?? 30)
const Span = z.object({
  model: z.enum(AttributionModel),
  from: moment,
  to: moment,
  lookback,
  currency: currencyCode.nullish(),
  in: currencyCode.nullish(),
})
const Path = z.object({ orderId: z.uuid(), lookback })

const DAY_MS = 86_400_000
const PAGE = 5_000
const MAX_TOUCHES = 100
// Contacts are actions of the company to reach a person, and of the person. An order's own coupon is a result, not a contact.
const IS_CONTACT = `NOT (${isKnown('coupon_redeemed')} OR ${isKnown('message_blocked')})`

export type Report = { conversions: number; revenueMinor: number | bigint; currency: string; channels: ConvertedCredit[] }

/**
 * Shares the orders of a span. Contacts follow merges: those of every profile of today's customer count. Orders are of one currency, or
 * with `in` of all, each converted by the rate of the day on which it was paid: a refund takes off what the payment brought.
 * @throws AppError INSUFFICIENT_DATA where an order cannot be converted
 */
export async function readAttribution({ db, viewer }: Context, raw: z.input<typeof Span>): Promise<Report> {
  const { model, from, to, lookback, currency: only, in: wanted } = parse(Span, raw)
  if (to <= from || to.getTime() - from.getTime() > 366 * DAY_MS)
    throw new AppError('INVALID', 'The span must be more than nothing and at most 366 days', { to: 'is out of range' })
  return withTenant(db, viewer.tenantId, async (tx) => {
    const tenant = await currentTenant(tx)
    const currency = wanted ?? only ?? tenant.currency
    const span = { from, to, lookback, zone: tenant.zone, currency: wanted ? (only ?? null) : currency }
    const conversions = await readAll(tx, span)
    return {
      conversions: conversions.length,
      currency,
      ...(wanted ? await inCurrency(tx, conversions, model, wanted) : sum(conversions, model)),
    }
  })
}

const sum = (conversions: readonly Conversion[], model: Model) => ({
  revenueMinor: conversions.reduce((all, one) => all + one.revenueMinor, 0),
  channels: attribute(conversions, model),
})

async function inCurrency(tx: Tx, conversions: readonly DatedConversion[], model: Model, wanted: string) {
  const days = conversions.map(({ day }) => day).sort()
  if (days.length === 0) return { revenueMinor: 0, channels: [] }
  const currencies = [...new Set([wanted, ...conversions.map(({ currency }) => currency)])]
  return convertAttribution(conversions, model, wanted, await readRates(tx, { from: days[0]!, to: days.at(-1)!, currencies }))
}

type Orders = { from: Date; to: Date; lookback: number; zone: string; currency: string | null }
type FoundConversion = DatedConversion & { orderId: string }

async function readAll(tx: Tx, span: Orders): Promise<FoundConversion[]> {
  const conversions: FoundConversion[] = []
  for (let after = FIRST; ; ) {
    const page = await readConversions(tx, { ...span, after })
    conversions.push(...page)
    if (page.length < PAGE) return conversions
    after = page.at(-1)!.orderId
  }
}

const FIRST = '00000000-0000-0000-0000-000000000000'

type Row = Omit<FoundConversion, 'touches'> & { touches: { channel: string; at: string }[] | null }

async function readConversions(tx: Tx, span: Orders & { after: string }): Promise<FoundConversion[]> {
  const { rows } = await tx.client.query<Row>(
    `SELECT o.order_id AS "orderId", o.currency, (o.paid_at AT TIME ZONE $7)::date::text AS day, ${orderNet.net('o')} AS "revenueMinor", (
       SELECT json_agg(json_build_object('channel', e.channel, 'at', e.occurred_at) ORDER BY e.occurred_at, e.id)
       FROM profile_customers m JOIN profile_customers s ON s.tenant_id = m.tenant_id AND s.customer_id = m.customer_id
       JOIN events e ON e.tenant_id = s.tenant_id AND e.profile_id = s.profile_id
       WHERE m.tenant_id = $1 AND m.profile_id = o.profile_id AND ${IS_CONTACT}
         AND e.occurred_at < o.paid_at AND e.occurred_at >= o.paid_at - $4::int * interval '1 day') AS touches
     FROM order_facts o WHERE o.tenant_id = $1 AND o.paid_at >= $2 AND o.paid_at < $3 AND ($5::text IS NULL OR o.currency = $5)
       AND o.order_id > $6 AND ${orderNet.isConversion('o')}
     ORDER BY o.order_id LIMIT ${PAGE}`,
    [tx.tenantId, span.from, span.to, span.lookback, span.currency, span.after, span.zone],
  )
  return rows.map(({ touches, ...order }) => ({
    ...order,
    touches: (touches ?? []).map(({ channel, at }) => ({ channel, at: new Date(at) })),
  }))
}

export type AttributedTouchRow = { channel: string; type: string; occurredAt: Date; referenceId: string | null }

/**
 * Reads the contacts before one order, first to last.
 * @throws AppError NOT_FOUND for an order that the tenant does not have
 */
export async function readAttributionPath({ db, viewer }: Context, raw: z.input<typeof Path>): Promise<AttributedTouchRow[]> {
  const { orderId, lookback } = parse(Path, raw)
  return withTenant(db, viewer.tenantId, async (tx) => {
    await requireOrder(tx, orderId)
    const { rows } = await tx.client.query<AttributedTouchRow>(
      `SELECT e.channel, e.type, e.occurred_at AS "occurredAt", e.reference_id AS "referenceId" FROM order_facts o
       JOIN profile_customers m ON m.tenant_id = o.tenant_id AND m.profile_id = o.profile_id
       JOIN profile_customers s ON s.tenant_id = m.tenant_id AND s.customer_id = m.customer_id
       JOIN events e ON e.tenant_id = s.tenant_id AND e.profile_id = s.profile_id
       WHERE o.tenant_id = $1 AND o.order_id = $2 AND ${IS_CONTACT} AND e.occurred_at < o.paid_at AND e.occurred_at >= o.paid_at - $3::int * interval '1 day'
       ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${MAX_TOUCHES}`,
      [tx.tenantId, orderId, lookback],
    )
    // The contacts nearest to the order are those that count; the furthest are left out.
    return rows.toReversed()
  })
}

/** Events of new orders may arrive a moment later. */
async function requireOrder(tx: Tx, orderId: string): Promise<void> {
  const { rowCount } = await tx.client.query('SELECT 1 FROM order_facts WHERE tenant_id = $1 AND order_id = $2', [tx.tenantId, orderId])
  if (rowCount === 0) throw new AppError('NOT_FOUND', 'There is no such order', { orderId: 'is not the id of a known order' })
}
