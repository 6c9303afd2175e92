import { isPaid } from '@renmai/platform/facts/net.rules'
import type { Money } from '../../gen/resolvers.ts'
import { mayRefund, orderNet } from '../../warehouse/order-facts.rules.ts'

/** Rows that a metric is counted from. $1 is the tenant, $5 the currency, null for all. */
export type Source = {
  /** A FROM clause that ends in a WHERE, so that conditions follow with AND. */
  readonly rows: string
  /** Column with the time that assigns a row to a day. */
  readonly at: string
  /** Column with the currency of a row; none where rows have no money. */
  readonly currency?: string
}

/** One number of a day. Metrics with the same source are counted together. */
export type Metric<N extends string = string, U extends 'COUNT' | 'MONEY' = 'COUNT' | 'MONEY'> = {
  /** The field of `KpiDay`. */
  readonly name: N
  /** MONEY is in the smallest unit of the currency. */
  readonly unit: U
  readonly from: Source
  /** An SQL aggregate over the rows of a day. */
  readonly value: string
}

/** Infers the names and units of metrics. */
export const metric = <const N extends string, const U extends 'COUNT' | 'MONEY'>(one: Metric<N, U>): Metric<N, U> => one

/** Type of a metric in an answer. */
export type ValueOf<M extends Metric> = M['unit'] extends 'MONEY' ? Money : number

export const EVENTS: Source = { rows: 'events WHERE tenant_id = $1', at: 'occurred_at' }
const OF_CURRENCY = 'o.tenant_id = $1 AND ($5::text IS NULL OR o.currency = $5)'

/** Orders in the currency, by their payment, without documents that only refund. */
export const PAID_ORDERS: Source = {
  rows: `order_facts o WHERE ${OF_CURRENCY} AND ${isPaid('o')}`,
  at: 'o.paid_at',
  currency: 'o.currency',
}

const REFUNDED = `order_facts o CROSS JOIN LATERAL (${orderNet.refunds('o')}) r WHERE ${OF_CURRENCY} AND ${mayRefund('o')}`

/** Refunds in the currency, each at its own moment. */
export const REFUNDS: Source = { rows: REFUNDED, at: 'r.at', currency: 'o.currency' }

/** Payments, and refunds below zero. */
export const MOVES: Source = {
  rows: `(SELECT o.paid_at AS at, o.total_minor AS minor, o.currency FROM ${PAID_ORDERS.rows} UNION ALL SELECT r.at, -r.minor, o.currency FROM ${REFUNDED}) moved WHERE true`,
  at: 'moved.at',
  currency: 'moved.currency',
}
