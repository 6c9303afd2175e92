import { anyOf, before, type Conditions, equals, from, isIdOf, isMissing, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import { isDiscarded } from '@renmai/platform/quarantine/quarantine-kind'
import { and, not, sql } from 'drizzle-orm'
import type { OrderFilter, ParkedOrderFilter } from '../gen/resolvers.ts'
import { isOfCustomer } from '../profiles/profile.ts'
import { orders, parkedOrders } from './order.table.ts'
import { watchedOrders } from './watched-orders.ts'

type Filtered<F> = { filter?: F | null | undefined }

const ORDERS: Conditions<OrderFilter> = {
  platform: equals(orders.platform),
  shopId: equals(orders.shopId),
  orderNo: equals(orders.orderNo),
  state: equals(orders.state),
  states: anyOf(orders.state),
  customerId: isOfCustomer(orders.profileId),
  profileId: isIdOf(orders.profileId),
  isAnonymous: isMissing(orders.profileId),
  isRefundDocument: equals(orders.isRefundDocument),
  paidFrom: from(orders.paidAt),
  paidBefore: before(orders.paidAt),
  modifiedFrom: from(orders.modifiedAt),
  modifiedBefore: before(orders.modifiedAt),
}

/** The list of orders, newest first. */
export const listOrders = ({ filter }: Filtered<OrderFilter>): Listed<typeof orders> => ({
  table: orders,
  by: orders.id,
  order: 'desc',
  orders: { MODIFIED_AT: orders.modifiedAt, PAID_AT: orders.paidAt },
  where: matching(ORDERS, filter),
})

const PARKED: Conditions<ParkedOrderFilter> = {
  platform: equals(parkedOrders.platform),
  shopId: equals(parkedOrders.shopId),
  reason: equals(parkedOrders.reason),
}

/** The list of orders that are kept aside, newest first, without those that a person decided never to store. */
export const listParkedOrders = ({ filter }: Filtered<ParkedOrderFilter>): Listed<typeof parkedOrders> => ({
  table: parkedOrders,
  by: parkedOrders.id,
  order: 'desc',
  orders: { CREATED_AT: parkedOrders.id },
  where: and(matching(PARKED, filter), not(sql.raw(isDiscarded(watchedOrders, 'parked_orders')))),
})
