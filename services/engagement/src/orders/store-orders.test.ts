import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { type Stand, startStand } from '../../test/stand.ts'
import { storeOrders } from './store-orders.ts'

let stand: Stand
beforeAll(async () => {
  stand = await startStand()
})
afterAll(() => stand.stop())

describe('orders', () => {
  it('are published with the coupons that they name', async () => {
    const [tenantId, profileId] = [newId(), newId()]
    const order = orderAt(1, { couponCodes: ['2026-SUMMER'] })
    await withTenant(stand.test.db, tenantId, (tx) => storeOrders(tx, stand.worker, [{ order, profileId }]))
    const [event] = (await published(stand.test, OrdersChangedSchema)).filter((one) => one.tenantId === tenantId)
    expect(event!.orders).toMatchObject([{ profileId, couponCodes: ['2026-SUMMER'] }])
  })
})
