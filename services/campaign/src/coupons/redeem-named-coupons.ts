import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { on } from '@renmai/platform/events/inbox'
import { AppError } from '@renmai/platform/serve/errors'
import { type OrderFact, OrderStatus, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { and, eq } from 'drizzle-orm'
import { coupons } from './coupon.table.ts'
import { change, confirm, find, lock } from './redemption.ts'

/**
 * Marks the coupons that a paid order names as used, and returns them when the order is refunded in full. A code that
 * cannot be used does not stop the others: the shop has granted the discount already.
 */
export const redeemNamedCoupons = on(OrdersChangedSchema, 'redeem-coupons', async (tx, events) => {
  const named = events
    .flatMap((event) => event.orders)
    .filter((order) => order.couponCodes.length > 0)
    .sort((a, b) => Number(a.version - b.version))
  for (const order of named) {
    const at = timestampDate(order.modifiedAt!)
    if (order.paidAt) for (const code of order.couponCodes) await redeem(tx, code, order, at)
    if (order.status === OrderStatus.REFUNDED) await giveBack(tx, order.orderId, at)
  }
})

async function redeem(tx: Tx, code: string, order: OrderFact, at: Date): Promise<void> {
  try {
    const { coupon, template } = await find(tx, code)
    // A late copy of an older state of the order must not use coupons again that its refund returned.
    if (coupon.state === 'USED' || (coupon.state === 'RETURNED' && coupon.orderKey === order.orderId)) return
    // The shop took the discount off already, so the eligible amount is the total plus the coupon's amount.
    const eligible = Number(order.totalMinor) + (template.amountMinor ?? 0)
    const held = await lock(tx, code, order.orderId, eligible, at)
    await confirm(tx, held, template, order.orderId, at)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

async function giveBack(tx: Tx, orderId: string, at: Date): Promise<void> {
  const used = await tx
    .select()
    .from(coupons)
    .where(and(eq(coupons.tenantId, tx.tenantId), eq(coupons.orderKey, orderId), eq(coupons.state, 'USED')))
    .for('update')
  for (const coupon of used) if (coupon.expiresAt > at) await change(tx, coupon, 'return')
}
