/**
 * An order of all its rows in a file. Its time is the last of its rows; of two files that state one order with one time the one
 * that was started later holds.
 */
import type { Buyer, IncomingOrder } from '../connectors/incoming.ts'
import { type KnownBuyer, readBuyer } from '../orders/buyer.rules.ts'
import type { OrderImport } from './import.table.ts'
import { type FileRow, instantOf } from './order-row.rules.ts'

/** @param rows of one order, at least one */
export function toOrder(job: Pick<OrderImport, 'accountId' | 'currency' | 'zone' | 'createdAt'>, rows: readonly FileRow[]): IncomingOrder {
  const { orderNo, isRefund } = rows[0]!
  const at = new Date(Math.max(...rows.map((row) => instantOf(row.occurredAt, job.zone).getTime())))
  const total = rows.reduce((sum, row) => sum + row.amountMinor, 0)
  return {
    platform: 'IMPORT',
    shopId: job.accountId,
    orderNo,
    status: 'FINISHED',
    platformVersion: job.createdAt.getTime(),
    currency: job.currency,
    isRefundDocument: isRefund,
    lines: rows.map(({ sku, title, quantity, amountMinor, unitPriceMinor }) => ({
      sku,
      title,
      quantity,
      amountMinor,
      ...(unitPriceMinor === null ? {} : { unitPriceMinor }),
    })),
    totalMinor: isRefund ? 0 : total,
    refunds: isRefund ? [{ refundNo: orderNo, state: 'SUCCEEDED', platformState: '', amountMinor: total, at, lines: [] }] : [],
    discountMinor: 0,
    freightMinor: 0,
    couponCodes: [],
    paidAt: isRefund ? undefined : at,
    modifiedAt: at,
    buyer: buyerOf(rows),
  }
}

/** The buyer by whom the order is attached; undefined where no part of it names a person. */
export const toBuyer = ({ buyer }: IncomingOrder): KnownBuyer | undefined => (buyer ? readBuyer(buyer).buyer : undefined)

/** Of each part the first that a row names. */
function buyerOf(rows: readonly FileRow[]): Buyer {
  const first = (part: keyof Buyer) => rows.map(({ buyer }) => buyer[part]).find((value) => value) ?? ''
  return { externalId: first('externalId'), phone: first('phone'), email: first('email'), name: first('name') }
}
