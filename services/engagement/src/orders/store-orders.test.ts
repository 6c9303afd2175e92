import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { engagementSeed } from '../../test/seed.ts'
import { storeOrders } from './store-orders.ts'

const seed = engagementSeed()

describe('orders', () => {
  it('end in the same state in whatever order their pushes arrive', async () => {
    const states = [
      orderAt(1),
      orderAt(2, { status: 'SHIPPED' }),
      orderAt(3, { status: 'FINISHED', refundedMinor: 100, refundedAt: new Date('2026-01-02') }),
    ]
    for (const order of [states, states.toReversed(), [states[1]!, states[2]!, states[0]!, states[1]!]]) {
      seed.tenant = newId()
      for (const one of order)
        await withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order: one, profileId: undefined }]))
      const { rows } = await seed.test.owner.query('SELECT status, refunded_minor FROM orders WHERE tenant_id = $1', [seed.tenant])
      expect(rows).toEqual([{ status: 'REFUNDED', refunded_minor: 100 }])
    }
  })

  it('with contradictory data are set aside, sealed, and stop no other', async () => {
    const stored = await withTenant(seed.test.db, seed.tenant, (tx) =>
      storeOrders(tx, seed.worker, [
        { order: orderAt(1, { totalMinor: 1 }), profileId: undefined },
        { order: orderAt(1, { orderNo: 'E2' }), profileId: undefined },
      ]),
    )
    expect(stored).toEqual({ changed: 1, parked: 1 })
  })

  it('are published with the coupons that they name', async () => {
    const [order, profileId] = [orderAt(1, { couponCodes: ['2026-SUMMER'] }), newId()]
    await withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order, profileId }]))
    const [event] = (await published(seed.test, OrdersChangedSchema)).filter((one) => one.tenantId === seed.tenant)
    expect(event!.orders).toMatchObject([{ profileId, couponCodes: ['2026-SUMMER'] }])
  })
})
