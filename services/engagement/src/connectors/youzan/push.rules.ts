/**
 * Youzan's push: `sign = md5(client_id + msg + client_secret)` over the message as it arrives, still URL-encoded. A push
 * with test=true is a heartbeat and is never processed.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { Incoming, IncomingOrder } from '../incoming.ts'

const text = z.string().optional()

/** Fields of a push; other fields are not read. */
export const YouzanPush = z.object({
  id: text,
  msg_id: text,
  client_id: text,
  type: text,
  msg: text,
  kdt_id: z.union([z.number(), z.string()]).optional(),
  sign: text,
  version: z.union([z.number(), z.string()]).optional(),
  test: z.boolean().optional(),
  status: text,
})
export type YouzanPush = z.output<typeof YouzanPush>

/** @throws AppError UNAUTHENTICATED */
export function verifyPush(
  push: YouzanPush,
  { clientId, clientSecret, kdtId }: { clientId: string; clientSecret: string; kdtId: string },
): void {
  const expected = createHash('md5')
    .update(`${clientId}${push.msg ?? ''}${clientSecret}`)
    .digest('hex')
  const given = createHash('sha256')
    .update(push.sign ?? '')
    .digest()
  const isSigned = timingSafeEqual(given, createHash('sha256').update(expected).digest())
  if (!isSigned || push.client_id !== clientId || String(push.kdt_id) !== kdtId)
    throw new AppError('UNAUTHENTICATED', 'The push is not signed by Youzan for this shop')
}

/** Trades become orders; other pushes are kept and marked. @throws AppError INVALID when a field that an order needs is missing */
export function readPush(push: YouzanPush): Incoming {
  if (push.type?.startsWith('trade_')) return { kind: 'ORDER_CHANGED', order: readOrder(push) }
  return { kind: 'OTHER', name: nameOfKind(push.type) }
}

/** The type is not signed, so it is passed on only when it has the form of a type. */
const nameOfKind = (type = '') => (/^\w{1,64}$/.test(type) ? type : 'another type')

type FullOrder = {
  order_info?: { tid?: string; status?: string; created?: string; update_time?: string; pay_time?: string }
  buyer_info?: { yz_open_id?: string; buyer_phone?: string }
  pay_info?: { total_fee?: string; payment?: string; post_fee?: string }
  orders?: { outer_sku_id?: string; item_id?: number; title?: string; num?: number; total_fee?: string }[]
  order_promotion?: { order?: { coupon_code?: string }[] }
  refund_order?: { refund_fee?: string; refund_success_time?: string }[]
}

const STATUS: Record<string, IncomingOrder['status']> = {
  WAIT_BUYER_PAY: 'CREATED',
  WAIT_SELLER_SEND_GOODS: 'PAID',
  WAIT_BUYER_CONFIRM_GOODS: 'SHIPPED',
  TRADE_SUCCESS: 'FINISHED',
  TRADE_CLOSED: 'CLOSED',
}

/**
 * Turns a trade push into an order. Times are Beijing time, amounts yuan with two decimals.
 * @throws AppError INVALID when a field that an order needs is missing
 */
export function readOrder(push: YouzanPush): IncomingOrder {
  const order = readMessage(push)
  const { order_info: info = {}, pay_info: pay = {}, refund_order: refunds = [], order_promotion: promotion = {} } = order
  const status = STATUS[info.status ?? '']
  if (!info.tid || !status || !info.update_time) throw new AppError('INVALID', 'The push holds no order that we can read')
  const lines = readLines(order)
  const [totalMinor, freightMinor] = [fen(pay.payment), fen(pay.post_fee)]
  return {
    platform: 'YOUZAN',
    shopId: String(push.kdt_id),
    orderNo: info.tid,
    status,
    currency: 'CNY',
    lines,
    totalMinor,
    freightMinor,
    discountMinor: lines.reduce((sum, line) => sum + line.amountMinor, 0) + freightMinor - totalMinor,
    refundedMinor: refunds.reduce((sum, refund) => sum + fen(refund.refund_fee), 0),
    isRefundDocument: false,
    couponCodes: (promotion.order ?? []).flatMap(({ coupon_code: code }) => (code ? [code] : [])),
    paidAt: beijing(info.pay_time),
    modifiedAt: beijing(info.update_time)!,
    refundedAt: beijing(refunds.at(-1)?.refund_success_time),
    buyer: readBuyer(order),
  }
}

function readMessage({ msg = '' }: YouzanPush): FullOrder {
  try {
    const { full_order_info: order } = JSON.parse(decodeURIComponent(msg.replaceAll('+', '%20'))) as { full_order_info?: FullOrder }
    if (order) return order
  } catch {
    // The error below covers this, as it covers a message without an order.
  }
  throw new AppError('INVALID', 'The push holds no order that we can read')
}

function readLines({ orders = [] }: FullOrder): IncomingOrder['lines'] {
  return orders.map(({ outer_sku_id: sku, item_id: item = '', title = '', num: quantity = 0, total_fee: amount }) => ({
    sku: sku || String(item),
    title,
    quantity,
    amountMinor: fen(amount),
  }))
}

/** The phone is the one that the account was registered with, verified by a code. A masked number identifies no buyer and is left out. */
function readBuyer({ buyer_info: { yz_open_id: externalId, buyer_phone: phone } = {} }: FullOrder): IncomingOrder['buyer'] {
  return externalId ? { externalId, phone: phone && !phone.includes('*') ? phone : undefined } : undefined
}

const fen = (yuan: string | undefined) => Math.round(Number(yuan ?? 0) * 100)
const beijing = (text: string | undefined) => (text ? new Date(`${text.replace(' ', 'T')}+08:00`) : undefined)
