import type { Money } from '../../gen/resolvers.ts'

/** Rows that a metric is counted from. $1 is the tenant, $5 its currency. */
export type Source = {
  /** A FROM clause that ends in a WHERE, so that conditions follow with AND. */
  readonly rows: string
  /** Column with the time that assigns a row to a day. */
  readonly at: string
}

/** One number of a day. Metrics with the same source are counted together. */
export type Metric<N extends string = string, U extends 'COUNT' | 'MONEY' = 'COUNT' | 'MONEY'> = {
  /** The field of `KpiDay`. */
  readonly name: N
  /** MONEY is in the smallest unit of the tenant's currency. */
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
/** Orders in the tenant's currency, without documents that only refund. */
export const PAID_ORDERS: Source = {
  rows: 'order_facts WHERE tenant_id = $1 AND currency = $5 AND NOT is_refund_document',
  at: 'paid_at',
}
