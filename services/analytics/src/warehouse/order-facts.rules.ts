/** Orders of the warehouse as money: payments, and refunds each at its own moment. */
import { type Documents, isPaid, netOf } from '@renmai/platform/facts/net.rules'

const hasParts = (row: string) =>
  `${row}.refunded_minor = (SELECT coalesce(sum((part->>'minor')::bigint), 0) FROM jsonb_array_elements(${row}.refunds) part)`

/**
 * Refunds one by one. Where they do not add up to the sum they are of an older state, which a release that knew no single
 * refunds has replaced: then the sum counts at the last refund.
 */
const refunds = (row: string) =>
  `SELECT (part->>'minor')::bigint AS minor, (part->>'at')::timestamptz AS at FROM jsonb_array_elements(${row}.refunds) part
     WHERE ${row}.refunds IS NOT NULL AND ${hasParts(row)}
   UNION ALL SELECT ${row}.refunded_minor, coalesce(${row}.refunded_at, ${row}.paid_at)
     WHERE ${row}.refunded_minor > 0 AND (${row}.refunds IS NOT NULL AND ${hasParts(row)}) IS NOT TRUE`

const ORDERS: Documents = { table: 'order_facts', key: 'order_key', parent: 'parent_order_key', refunds }

/** The expressions of net over the warehouse's orders. */
export const orderNet = netOf(ORDERS)

/** SQL: the row may have refunds, which are money that went back. */
export const mayRefund = (row: string): string => `(${row}.refunded_minor > 0 AND (${row}.is_refund_document OR ${isPaid(row)}))`
