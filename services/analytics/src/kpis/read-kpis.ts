import { withTenant } from '@renmai/platform/db'
import { AppError } from '@renmai/platform/errors'
import { day } from '@renmai/platform/moments'
import { parse } from '@renmai/platform/parse'
import { currentTenant } from '@renmai/platform/tenants'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { readWatermark } from './read-watermark.ts'

const Input = z.object({ from: day, to: day })
const DAY_MS = 86_400_000

/** The numbers of each day in the tenant's zone and currency, with the moment up to which they are complete. */
export async function readKpis(ctx: Context, raw: z.input<typeof Input>) {
  const { from, to } = parse(Input, raw)
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (days < 1 || days > 366) throw new AppError('INVALID', 'Ask for 1 to 366 days', { to: 'is out of range' })
  const watermark = await readWatermark(ctx)
  const rows = await withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const { zone, currency } = await currentTenant(tx)
    const { rows } = await tx.client.query(
      `WITH days AS (SELECT generate_series($2::date, $3::date, '1 day')::date AS day),
       span AS (SELECT $2::date::timestamp AT TIME ZONE $4 AS since, ($3::date + 1)::timestamp AT TIME ZONE $4 AS upto),
       happened AS (
         SELECT (occurred_at AT TIME ZONE $4)::date AS day, count(*) FILTER (WHERE type NOT LIKE 'message\\_%' AND type <> 'coupon_redeemed') AS touchpoints,
           count(*) FILTER (WHERE type = 'message_sent') AS sent, count(*) FILTER (WHERE type = 'message_blocked') AS blocked, count(*) FILTER (WHERE type = 'coupon_redeemed') AS redeemed
         FROM events, span WHERE tenant_id = $1 AND occurred_at >= since AND occurred_at < upto GROUP BY 1
       ), paid AS (
         SELECT (paid_at AT TIME ZONE $4)::date AS day, count(*) AS orders, sum(total_minor) AS revenue FROM order_facts, span
         WHERE tenant_id = $1 AND currency = $5 AND NOT is_refund_document AND paid_at >= since AND paid_at < upto GROUP BY 1
       ), back AS (
         SELECT (refunded_at AT TIME ZONE $4)::date AS day, sum(refunded_minor) AS refunded FROM order_facts, span
         WHERE tenant_id = $1 AND currency = $5 AND refunded_at >= since AND refunded_at < upto GROUP BY 1
       )
       SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(touchpoints, 0) AS touchpoints, coalesce(orders, 0) AS orders, coalesce(revenue, 0)::text AS revenue,
         coalesce(refunded, 0)::text AS refunded, coalesce(sent, 0) AS "messagesSent", coalesce(blocked, 0) AS "messagesBlocked", coalesce(redeemed, 0) AS "couponsRedeemed", $5::text AS currency
       FROM days LEFT JOIN happened USING (day) LEFT JOIN paid USING (day) LEFT JOIN back USING (day) ORDER BY days.day`,
      [tx.tenantId, from, to, zone, currency],
    )
    return rows as KpiRow[]
  })
  return {
    ...watermark,
    days: rows.map(({ revenue, refunded, currency, ...row }) => ({
      ...row,
      revenue: { amountMinor: revenue, currency },
      refunded: { amountMinor: refunded, currency },
    })),
  }
}

type KpiRow = { day: string; revenue: string; refunded: string; currency: string } & Record<
  'touchpoints' | 'orders' | 'messagesSent' | 'messagesBlocked' | 'couponsRedeemed',
  number
>
