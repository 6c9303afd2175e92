import { couponsRedeemed } from './metrics/coupons-redeemed.ts'
import { messagesBlocked } from './metrics/messages-blocked.ts'
import { messagesSent } from './metrics/messages-sent.ts'
import type { ValueOf } from './metrics/metric.ts'
import { netRevenue } from './metrics/net-revenue.ts'
import { newCustomers } from './metrics/new-customers.ts'
import { orders } from './metrics/orders.ts'
import { refunded } from './metrics/refunded.ts'
import { revenue } from './metrics/revenue.ts'
import { touchpoints } from './metrics/touchpoints.ts'

/** All metrics of a day. */
export const metrics = [touchpoints, orders, revenue, refunded, netRevenue, messagesSent, messagesBlocked, couponsRedeemed, newCustomers]

type AnyMetric = (typeof metrics)[number]
/** A day with all its metrics. */
export type KpiDay = { day: string } & { [M in AnyMetric as M['name']]: ValueOf<M> }
