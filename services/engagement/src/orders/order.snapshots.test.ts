import { withTenant } from '@renmai/platform/db/db'
import { published } from '@renmai/platform/testing/events'
import { readSnapshot } from '@renmai/platform/testing/snapshots'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { engagementSeed } from '../../test/seed.ts'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { ordersKnown } from './order.snapshots.ts'
import { storeOrders } from './store-orders.ts'

const seed = engagementSeed()
const store = (...orders: IncomingOrder[]) =>
  withTenant(seed.test.db, seed.tenant, (tx) =>
    storeOrders(
      tx,
      seed.worker,
      orders.map((order) => ({ order, profileId: undefined })),
    ),
  )

it('each order is sent again whole, as in the last event about it', async () => {
  await store(...Array.from({ length: 5 }, (_, no) => orderAt(1, { orderNo: `E${no}`, couponCodes: [`C${no}`] })))
  await store(orderAt(3, { orderNo: 'E1', refundedMinor: 100, refundedAt: new Date('2026-01-02') }))
  await store(orderAt(4, { orderNo: 'E1', status: 'FINISHED' }))
  const last = new Map(
    (await published(seed.test, OrdersChangedSchema))
      .filter(({ tenantId }) => tenantId === seed.tenant)
      .flatMap(({ orders }) => orders.map((order) => [order.orderId, order])),
  )
  const again = (await readSnapshot(seed.test.db, seed.tenant, OrdersChangedSchema, ordersKnown)).flatMap(({ orders }) => orders)
  expect(again).toEqual([...last.values()].sort((one, other) => (one.orderId < other.orderId ? -1 : 1)))
  expect(again.filter(({ version }) => version === 3n).map(({ orderKey }) => orderKey)).toEqual(['E1'])
})
