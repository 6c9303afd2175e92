import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { orderAt, refundOf } from '../../test/fixture.ts'
import { engagementSeed } from '../../test/seed.ts'
import type { IncomingOrder } from '../connectors/incoming.ts'
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
    expect(stored).toEqual(['PARKED', 'NEW'])
  })

  it('are counted by what became of them, and published when something did', async () => {
    const store = (...states: IncomingOrder[]) =>
      withTenant(seed.test.db, seed.tenant, (tx) =>
        storeOrders(
          tx,
          seed.worker,
          states.map((order) => ({ order, profileId: undefined })),
        ),
      )
    const other = orderAt(1, { orderNo: 'E2' })
    expect(await store(orderAt(2), other)).toEqual(['NEW', 'NEW'])
    expect(await store(orderAt(2), orderAt(1, { status: 'CLOSED' }), { ...other, couponCodes: ['a'], platformVersion: 1 })).toEqual([
      'UNCHANGED',
      'UNCHANGED',
      'CHANGED',
    ])
    expect(await store(orderAt(2, { platformVersion: 7 }))).toEqual(['UNCHANGED'])
    expect(await store(orderAt(2, { platformVersion: 6, couponCodes: ['b'] }))).toEqual(['UNCHANGED'])
    const events = (await published(seed.test, OrdersChangedSchema)).filter((one) => one.tenantId === seed.tenant)
    expect(events.flatMap(({ orders }) => orders.map(({ orderKey, version }) => [orderKey, version]))).toEqual([
      ['E1', 1n],
      ['E2', 1n],
      ['E2', 2n],
    ])
  })

  it('that two processes store concurrently end in the newest state', async () => {
    const states = Array.from({ length: 8 }, (_, no) => orderAt(no, { couponCodes: [`c${no}`] }))
    await Promise.all(
      states.map((order) => withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order, profileId: undefined }]))),
    )
    const { rows } = await seed.test.owner.query('SELECT coupon_codes FROM orders WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ coupon_codes: ['c7'] }])
  })

  it('of an earlier release keep their refunded sum', async () => {
    const store = (order: IncomingOrder) =>
      withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order, profileId: undefined }]))
    await store(orderAt(1))
    await seed.test.owner.query(
      "UPDATE orders SET refunded_minor = 40, refunded_at = modified_at, status = 'PARTIALLY_REFUNDED', base_state = NULL, state_rank = 0 WHERE tenant_id = $1",
      [seed.tenant],
    )
    await store(orderAt(2, { status: 'FINISHED', refunds: undefined }))
    const sums = async () =>
      (await seed.test.owner.query('SELECT status, refunded_minor FROM orders WHERE tenant_id = $1', [seed.tenant])).rows
    expect(await sums()).toEqual([{ status: 'PARTIALLY_REFUNDED', refunded_minor: 40 }])
    await store(orderAt(3, { status: 'FINISHED', refunds: [] }))
    expect(await sums()).toEqual([{ status: 'FINISHED', refunded_minor: 0 }])
  })

  it('that are set aside are kept once for each reason', async () => {
    const bad = { order: orderAt(1, { totalMinor: 1 }), profileId: undefined }
    for (const all of [[bad], [bad, bad]]) await withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, all))
    const { rows } = await seed.test.owner.query('SELECT reason FROM parked_orders WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ reason: 'ORDER_INCONSISTENT' }])
  })

  it('are published with the coupons that they name', async () => {
    const [order, profileId] = [orderAt(1, { couponCodes: ['2026-SUMMER'] }), newId()]
    await withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order, profileId }]))
    const [event] = (await published(seed.test, OrdersChangedSchema)).filter((one) => one.tenantId === seed.tenant)
    expect(event!.orders).toMatchObject([{ profileId, couponCodes: ['2026-SUMMER'] }])
  })
})

it('an order is published whole, with its lines, payments, refunds and the order that it belongs to', async () => {
  const line = {
    lineId: 'L1',
    productId: 'P',
    sku: 'a',
    categoryId: 'shoes',
    title: 'a',
    quantity: 2,
    unitPriceMinor: 100,
    amountMinor: 200,
    discountMinor: 20,
  }
  const order = orderAt(1, {
    orderNo: 'E9',
    lines: [line],
    freightMinor: 10,
    taxMinor: 5,
    discountMinor: 20,
    totalMinor: 195,
    refunds: [refundOf(50, { lines: [{ lineId: 'L1', quantity: 1, amountMinor: 50 }] })],
    payments: [{ paymentNo: 'p1', amountMinor: 195, paidAt: new Date('2026-01-01T00:00:00Z'), method: 'WECHAT' }],
    placedAt: new Date('2026-01-01T00:00:00Z'),
    salesChannel: 'STORE',
    storeId: 'store-1',
    staffId: 'staff-1',
    parentOrderNo: 'E1',
    couponCodes: ['3ZK0M9T4QW8XV2BDC'],
  })
  seed.tenant = newId()
  await withTenant(seed.test.db, seed.tenant, (tx) => storeOrders(tx, seed.worker, [{ order, profileId: newId() }]))
  const [fact] = (await published(seed.test, OrdersChangedSchema))
    .filter((one) => one.tenantId === seed.tenant)
    .flatMap((one) => one.orders)
  expect(fact).toMatchObject({
    orderKey: 'E9',
    parentOrderKey: 'E1',
    totalMinor: 195n,
    freightMinor: 10n,
    taxMinor: 5n,
    discountMinor: 20n,
    refundedMinor: 50n,
    storeId: 'store-1',
    staffId: 'staff-1',
    salesChannel: 'STORE',
    lines: [{ lineId: 'L1', categoryId: 'shoes', quantity: 2n, discountMinor: 20n, refundedQuantity: 1n, refundedMinor: 50n }],
    payments: [{ paymentNo: 'p1', method: 'WECHAT' }],
    refunds: [{ refundNo: 'R1', amountMinor: 50n, lines: [{ lineId: 'L1', quantity: 1n }] }],
  })
})
