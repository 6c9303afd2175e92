/**
 * Youzan's order, `full_order_info`, with its refunds and promotions beside it. Amounts are those of trade.get: the payment is
 * the sum of the lines less all discounts, plus what the shop adjusted and the freight.
 */
import { AppError } from '@renmai/platform/serve/errors'
import type { IncomingLine, IncomingOrder, OrderStatus } from '../incoming.ts'
import { amountReader, asCode, asList, asObject, asTitle, isGiven, type Json, readTime } from './fields.rules.ts'
import { readRefund, type TradeLine } from './refund.rules.ts'

export const STATUS: Record<string, OrderStatus> = {
  WAIT_BUYER_PAY: 'CREATED',
  // Passes within moments to one of the next two.
  TRADE_PAID: 'PAID',
  WAIT_CONFIRM: 'PAID',
  WAIT_SELLER_SEND_GOODS: 'PAID',
  WAIT_BUYER_CONFIRM_GOODS: 'SHIPPED',
  TRADE_BUYER_SIGNED: 'SHIPPED',
  TRADE_SUCCESS: 'FINISHED',
  TRADE_CLOSED: 'CLOSED',
}

type Amounts = ReturnType<typeof amountReader>

/**
 * Turns a trade into an order. A status that is new stays as it was sent.
 * @throws AppError INVALID when a field that an order needs is missing
 */
export function readTrade(message: Json, { shopId, version }: { shopId: string; version: number }): IncomingOrder {
  const trade = asObject(message.full_order_info)
  // Earlier messages have the refunds and promotions inside.
  const beside = (name: string) => (isGiven(message[name]) ? message[name] : trade[name])
  const [info, pay, source] = [asObject(trade.order_info), asObject(trade.pay_info), asObject(asObject(trade.source_info).source)]
  const [orderNo, platformStatus, modifiedAt] = [asCode(info.tid), asCode(info.status), readTime(info.update_time)]
  if (!orderNo || !platformStatus || !modifiedAt) throw new AppError('INVALID', 'The push holds no order that we can read')
  const amounts = amountReader()
  const [totalMinor, freightMinor] = [amounts.fen('pay_info.payment', pay.payment), amounts.fen('pay_info.post_fee', pay.post_fee)]
  const sold = readLines(asList(trade.orders), pay, amounts)
  const promotion = asObject(beside('order_promotion'))
  const discountMinor = sold.sum + freightMinor - totalMinor
  const refunds = beside('refund_order')
  return {
    platform: 'YOUZAN',
    shopId,
    orderNo,
    platformStatus,
    platformVersion: version,
    currency: 'CNY',
    isRefundDocument: false,
    status: Object.hasOwn(STATUS, platformStatus) ? STATUS[platformStatus] : undefined,
    totalMinor,
    freightMinor,
    discountMinor,
    modifiedAt,
    lines: sharesOf(sold.lines, { totalMinor, freightMinor, discountMinor }),
    sums: sumsOf(sold, pay, promotion, { totalMinor, freightMinor }, amounts),
    refunds: Array.isArray(refunds)
      ? asList(refunds).map((one, index) =>
          readRefund(one, { no: `${orderNo}#${index + 1}`, info, modifiedAt, lines: sold.lines, amounts }),
        )
      : undefined,
    payments: paymentsOf(info, pay, orderNo, amounts),
    couponCodes: asList(promotion.order).flatMap((one) => asCode(one.coupon_code) || []),
    placedAt: readTime(info.created),
    paidAt: readTime(info.pay_time),
    salesChannel: asCode(source.platform).toUpperCase(),
    storeId: asCode(info.node_kdt_id),
    staffId: asCode(asObject(info.order_extra).cashier_id),
    buyer: readBuyer(asObject(trade.buyer_info)),
    unreadable: amounts.unreadable,
  }
}

type Sold = { lines: TradeLine[]; sum: number; withItemDiscounts: boolean }

/** The lines by their prices, where these are what the platform's total counts; by their totals otherwise. */
function readLines(orders: Json[], pay: Json, { fen }: Amounts): Sold {
  const read = orders.map((line, index) => {
    const name = (field: string) => `orders[${index}].${field}`
    const quantity = Number(line.num ?? 0)
    const unit = isGiven(line.price) ? fen(name('price'), line.price) : undefined
    const total = isGiven(line.total_fee) || unit === undefined ? fen(name('total_fee'), line.total_fee) : unit * quantity
    return {
      lineId: asCode(line.oid),
      productId: asCode(line.item_id),
      sku: asCode(line.outer_sku_id) || asCode(line.sku_id) || asCode(line.outer_item_id) || asCode(line.item_id),
      title: asTitle(line.title),
      quantity,
      ...(unit === undefined ? {} : { unitPriceMinor: unit }),
      paidMinor: isGiven(line.payment) ? fen(name('payment'), line.payment) : undefined,
      total,
      gross: unit === undefined ? total : unit * quantity,
    }
  })
  const [gross, totals] = [sum(read.map((one) => one.gross)), sum(read.map((one) => one.total))]
  const withItemDiscounts = gross >= totals && (!isGiven(pay.total_fee) || fen('pay_info.total_fee', pay.total_fee) === gross)
  return {
    lines: read.map(({ gross: full, total, ...line }) => ({ ...line, amountMinor: withItemDiscounts ? full : total })),
    sum: withItemDiscounts ? gross : totals,
    withItemDiscounts,
  }
}

const sum = (amounts: readonly number[]) => amounts.reduce((all, one) => all + one, 0)

/** What is paid for a line is after its share of the discounts; with freight in it, the shares are left to be divided by amounts. */
function sharesOf(lines: TradeLine[], order: { totalMinor: number; freightMinor: number; discountMinor: number }): IncomingLine[] {
  const shares = lines.map(({ amountMinor, paidMinor }) => (paidMinor === undefined ? undefined : amountMinor - paidMinor))
  const isStated = order.freightMinor === 0 && shares.every((share) => share !== undefined && share >= 0)
  const adds = isStated && sum(shares as number[]) === order.discountMinor
  return lines.map(({ paidMinor: _paid, ...line }, index) => (adds ? { ...line, discountMinor: shares[index]! } : line))
}

/** The sums that are stated, each beside what its parts add up to. */
function sumsOf(
  { lines, sum: all, withItemDiscounts }: Sold,
  pay: Json,
  promotion: Json,
  { totalMinor, freightMinor }: { totalMinor: number; freightMinor: number },
  { fen }: Amounts,
): [number, number][] {
  const sums: [number, number][] = []
  if (isGiven(pay.total_fee)) sums.push([fen('pay_info.total_fee', pay.total_fee), all])
  const off = (name: string) => fen(`order_promotion.${name}`, promotion[name])
  if (isGiven(promotion.order_discount_fee) && (isGiven(promotion.item_discount_fee) || !withItemDiscounts)) {
    const discounts = off('order_discount_fee') + (withItemDiscounts ? off('item_discount_fee') : 0)
    sums.push([totalMinor, all - discounts + off('adjust_fee') + freightMinor])
  }
  if (lines.length > 0 && lines.every(({ paidMinor }) => paidMinor !== undefined)) {
    const paid = sum(lines.map(({ paidMinor }) => paidMinor!))
    // The freight is divided among the lines; messages that leave it out of them state the same.
    sums.push([totalMinor, paid === totalMinor - freightMinor ? totalMinor : paid])
  }
  return sums
}

function paymentsOf(info: Json, pay: Json, orderNo: string, { fen }: Amounts): NonNullable<IncomingOrder['payments']> {
  const paidAt = readTime(info.pay_time)
  if (!paidAt) return []
  const [first] = Array.isArray(pay.transaction) ? (pay.transaction as unknown[]) : []
  const field = isGiven(pay.real_payment) ? 'real_payment' : 'payment'
  const amountMinor = fen(`pay_info.${field}`, pay[field])
  return [{ paymentNo: asCode(first) || orderNo, amountMinor, paidAt, method: asCode(info.pay_type) }]
}

/**
 * The phone is the one that the account was registered with, verified by a code. Masked and encrypted ones are recognised when
 * the buyer is read. The receiver may be somebody else.
 */
function readBuyer(buyer: Json): IncomingOrder['buyer'] {
  const [externalId, phone] = [asCode(buyer.yz_open_id), asCode(buyer.buyer_phone)]
  return externalId || phone ? { externalId, phone: phone || undefined } : undefined
}
