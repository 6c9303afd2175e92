import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { RefundState } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { readAttribution } from '../attribution/read-attribution.ts'
import { readKpis } from './read-kpis.ts'

const seed = analyticsSeed()

const refund = (minor: bigint, time: string, state = RefundState.SUCCEEDED) => ({
  refundNo: newId(),
  state,
  amountMinor: minor,
  at: at(time),
})
const document = (minor: bigint, time: string, change: object = {}) =>
  seed.order('', time, 0, { isRefundDocument: true, paidAt: undefined, refundedMinor: minor, refundedAt: at(time), ...change })
/** Day, paid orders, revenue, refunds and net of days on which something happened. */
const money = async (from: string, to: string, currency?: string) =>
  (await readKpis(seed.contextOf(), { from, to, currency })).days
    .map((day) => [day.day.slice(5), day.orders, day.revenue.amount, day.refunded.amount, day.netRevenue.amount])
    .filter(([, orders, , refunded, net]) => orders !== 0 || Number(refunded) !== 0 || Number(net) !== 0)
const useZone = (zone: string, currency = 'CNY') =>
  withTenant(seed.test.db, seed.tenant, (tx) => rememberTenant(tx, { tenantId: seed.tenant, zone, currency }))

describe('refunds', () => {
  it('of several days count on their days, only those that succeeded, also of orders that were paid before the range', async () => {
    const refunds = [
      refund(1_000n, '2026-03-05T01:00:00Z'),
      refund(2_000n, '2026-03-07T01:00:00Z'),
      refund(500n, '2026-03-06T01:00:00Z', RefundState.REQUESTED),
      refund(500n, '2026-03-06T01:00:00Z', RefundState.ACCEPTED),
      refund(500n, '2026-03-06T01:00:00Z', RefundState.CLOSED),
    ]
    await seed.hear(seed.order(newId(), '2026-03-01T01:00:00Z', 100, { refunds, refundedMinor: 3_000n }))
    const all = [
      ['03-01', 1, '100.00', '0.00', '100.00'],
      ['03-05', 0, '0.00', '10.00', '-10.00'],
      ['03-07', 0, '0.00', '20.00', '-20.00'],
    ]
    expect(await money('2026-02-25', '2026-03-31')).toEqual(all)
    expect(await money('2026-03-02', '2026-03-06')).toEqual([all[1]])
    expect(await money('2026-03-07', '2026-03-07')).toEqual([all[2]])
    expect(await money('2026-03-01', '2026-03-01')).toEqual([all[0]])
  })

  it('of an event without single refunds count once, at the last one; without a time, at the last change', async () => {
    await seed.hear(
      seed.order(newId(), '2026-03-01T01:00:00Z', 10, { refundedMinor: 300n, refundedAt: at('2026-03-04T01:00:00Z') }),
      seed.order(newId(), '2026-03-01T01:00:00Z', 10, { refundedMinor: 400n, modifiedAt: at('2026-03-05T01:00:00Z') }),
    )
    const days = (await money('2026-03-01', '2026-03-09')).map(([day, , , refunded]) => [day, refunded])
    expect(days).toEqual([
      ['03-01', '0.00'],
      ['03-04', '3.00'],
      ['03-05', '4.00'],
    ])
  })

  it('of rows that an earlier release stored, or has replaced since, count at the last one that it knows', async () => {
    const [old, replaced] = [newId(), newId()]
    const refunds = [refund(100n, '2026-03-02T01:00:00Z')]
    await seed.hear(
      seed.order(newId(), '2026-03-01T01:00:00Z', 10, { orderId: old }),
      seed.order(newId(), '2026-03-01T01:00:00Z', 10, { orderId: replaced, refunds, refundedMinor: 100n }),
    )
    await seed.test.owner.query(
      `UPDATE order_facts SET refunded_minor = 700, refunded_at = '2026-03-08T01:00:00Z', refunds = CASE WHEN order_id = $1 THEN NULL ELSE refunds END WHERE order_id IN ($1, $2)`,
      [old, replaced],
    )
    expect((await money('2026-03-02', '2026-03-09')).map(([day, , , refunded]) => [day, refunded])).toEqual([['03-08', '14.00']])
  })

  it('that are documents of their own count on their own day, once, and take a full refund out of the conversions', async () => {
    const [p, c, key] = [newId(), newId(), { platform: 'P', shopId: 's' }]
    await seed.hear(seed.link(p, c), document(6_000n, '2026-03-03T01:00:00Z', { ...key, parentOrderKey: 'o1' }))
    await seed.hear(seed.order(p, '2026-03-01T01:00:00Z', 100, { orderKey: 'o1' }), seed.order(newId(), '2026-03-02T01:00:00Z', 7))
    const span = { model: 'LAST_TOUCH', from: new Date('2026-03-01'), to: new Date('2026-03-31') } as const
    expect(await readAttribution(seed.contextOf(), span)).toMatchObject({ conversions: 2, revenueMinor: 4_700 })
    await seed.hear(document(4_000n, '2026-03-04T01:00:00Z', { ...key, parentOrderKey: 'o1' }))
    await seed.hear(document(4_000n, '2026-03-04T01:00:00Z', { platform: 'P', shopId: 'other', parentOrderKey: 'o1', currency: 'USD' }))
    expect(await readAttribution(seed.contextOf(), span)).toMatchObject({ conversions: 1, revenueMinor: 700 })
    expect(await money('2026-03-01', '2026-03-31')).toEqual([
      ['03-01', 1, '100.00', '0.00', '100.00'],
      ['03-02', 1, '7.00', '0.00', '7.00'],
      ['03-03', 0, '0.00', '60.00', '-60.00'],
      ['03-04', 0, '0.00', '40.00', '-40.00'],
    ])
    const { days } = await readKpis(seed.contextOf(), { from: '2026-03-01', to: '2026-03-02' })
    expect(days.map(({ newCustomers }) => newCustomers)).toEqual([0, 0])
  })

  it('of an order that was never paid are no money', async () => {
    await seed.hear(
      seed.order(newId(), '2026-03-01T01:00:00Z', 10, { paidAt: undefined, refundedMinor: 500n, refundedAt: at('2026-03-02T01:00:00Z') }),
    )
    expect(await money('2026-03-01', '2026-03-09')).toEqual([])
  })
})

describe('a day', () => {
  it.each([
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00Z', '2026-10-04T13:00:00Z'],
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00Z', '2026-03-29T21:00:00Z'],
    ['Asia/Kathmandu', '2026-06-01', '2026-05-31T18:15:00Z', '2026-06-01T18:15:00Z'],
    ['Pacific/Kiritimati', '2026-06-01', '2026-05-31T10:00:00Z', '2026-06-01T10:00:00Z'],
  ])('in %s on %s is from %s until before %s', async (zone, day, from, to) => {
    await useZone(zone)
    const before = (time: string) => new Date(Date.parse(time) - 1).toISOString()
    for (const time of [before(from), from, before(to), to]) {
      const refunds = [refund(100n, time)]
      await seed.hear(seed.order(newId(), time, 2, { refunds, refundedMinor: 100n }), seed.touch(newId(), 'page_view', time))
    }
    const { days } = await readKpis(seed.contextOf(), { from: day, to: day })
    expect(days.map((one) => [one.day, one.orders, one.netRevenue.amount, one.touchpoints])).toEqual([[day, 2, '2.00', 2]])
  })

  it('has all numbers, each zero, in a tenant without events, and for every day of a year', async () => {
    const { days } = await readKpis(seed.contextOf(), { from: '2023-12-31', to: '2024-12-30' })
    expect(days).toHaveLength(366)
    expect(new Set(days.map(({ day }) => day)).size).toBe(366)
    const { day: _, ...numbers } = days[60]!
    const none = { amount: '0.00', currency: 'CNY' }
    const counts = { touchpoints: 0, orders: 0, messagesSent: 0, messagesBlocked: 0, couponsRedeemed: 0, newCustomers: 0 }
    expect(numbers).toEqual({ revenue: none, refunded: none, netRevenue: none, ...counts })
    await expect(readKpis(seed.contextOf(), { from: '2023-12-31', to: '2024-12-31' })).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('is counted again when events of it arrive late, and when an order changes its customer', async () => {
    const [p, q, orderId] = [newId(), newId(), newId()]
    await seed.hear(seed.link(p, newId()), seed.link(q, newId()), seed.order(p, '2026-03-02T01:00:00Z', 10, { orderId }))
    const newCustomers = async () =>
      (await readKpis(seed.contextOf(), { from: '2026-03-01', to: '2026-03-03' })).days.map((day) => day.newCustomers)
    expect(await newCustomers()).toEqual([0, 1, 0])
    await seed.hear(seed.order(q, '2026-03-03T01:00:00Z', 10), seed.order(p, '2026-03-01T01:00:00Z', 5))
    expect(await newCustomers()).toEqual([1, 0, 1])
    // The order of the 2nd was q's: q's first order is earlier, p's stays.
    await seed.hear(seed.order(q, '2026-03-02T01:00:00Z', 10, { orderId, version: 2n }))
    expect(await newCustomers()).toEqual([1, 1, 0])
    await seed.hear(seed.order(p, '2026-03-02T01:00:00Z', 10, { orderId, version: 1n }))
    expect(await newCustomers()).toEqual([1, 1, 0])
  })
})

describe('money', () => {
  it('is of one currency: the tenant’s, or the one that the caller wants', async () => {
    await seed.hear(
      seed.order(newId(), '2026-03-01T01:00:00Z', 10),
      seed.order(newId(), '2026-03-01T01:00:00Z', 70, { currency: 'JPY', refundedMinor: 1_000n }),
    )
    expect(await money('2026-03-01', '2026-03-01')).toEqual([['03-01', 1, '10.00', '0.00', '10.00']])
    expect(await money('2026-03-01', '2026-03-01', 'JPY')).toEqual([['03-01', 1, '7000', '1000', '6000']])
    expect(await money('2026-03-01', '2026-03-01', 'EUR')).toEqual([])
    await expect(money('2026-03-01', '2026-03-01', 'XXY')).rejects.toMatchObject({
      code: 'INVALID',
      fields: { currency: expect.any(String) },
    })
    const span = { model: 'LINEAR', from: new Date('2026-03-01'), to: new Date('2026-03-31') } as const
    expect(await readAttribution(seed.contextOf(), { ...span, currency: 'JPY' })).toMatchObject({ revenueMinor: 6_000, currency: 'JPY' })
  })

  it('of a day may exceed what a number holds exactly', async () => {
    const most = BigInt(Number.MAX_SAFE_INTEGER)
    for (let no = 0; no < 3; no++) await seed.hear(seed.order(newId(), '2026-03-01T01:00:00Z', 0, { totalMinor: most }))
    expect(await money('2026-03-01', '2026-03-01')).toEqual([['03-01', 3, '270215977642229.73', '0.00', '270215977642229.73']])
  })
})

it('a coupon that was redeemed with a key of its shop is counted, and its row refers to no order', async () => {
  const used = { couponId: newId(), profileId: newId(), orderKey: 'A1', discountMinor: 1n, currency: 'CNY', at: at('2026-03-02T01:00:00Z') }
  await seed.hear(event(CouponRedeemedSchema, seed.tenant, used))
  const { days } = await readKpis(seed.contextOf(), { from: '2026-03-02', to: '2026-03-02' })
  expect(days[0]!.couponsRedeemed).toBe(1)
})
