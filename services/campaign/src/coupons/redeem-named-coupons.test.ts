import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { OrderStatus } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { at, campaignSeed, yuan } from '../../test/seed.ts'
import { confirmCoupon } from './confirm-coupon.ts'
import { lockCoupon } from './lock-coupon.ts'

const seed = campaignSeed()

const line = (lineId: string, amountMinor: bigint, discountMinor: bigint) => ({
  lineId,
  sku: lineId,
  quantity: 1n,
  amountMinor,
  discountMinor,
})
const redeemed = async () => (await published(seed.test, CouponRedeemedSchema)).filter((one) => one.tenantId === seed.tenant)
const refunded = { status: OrderStatus.REFUNDED, version: 9n, refundedMinor: 10_000n, modifiedAt: at(11) }

/** A person with a coupon of a template, and an order of the person that names it. */
async function coupon(template: object = {}) {
  const person = await seed.meet()
  const { id, code } = await seed.grant((await seed.couponTemplate(template)).id, person.profileId)
  const order = (change: object = {}) => seed.order(person, { couponCodes: [code], ...change })
  return { id, code, person, order, state: async () => (await seed.couponOf({ id })).state }
}
const percentOff = (percent: number, maxDiscount?: object) => ({ discount: { percentOff: { percent, maxDiscount } } })

describe('a coupon that a paid order names', () => {
  it('for a percentage is used up by the amount before the discount', async () => {
    const { id, order } = await coupon({ ...percentOff(20), threshold: yuan('100') })
    await seed.hear(order({ totalMinor: 8_000n, discountMinor: 2_000n, lines: [line('a', 4_800n, 1_200n), line('b', 3_200n, 800n)] }))
    expect(await seed.couponOf({ id })).toMatchObject({
      state: 'USED',
      discountMinor: 2_000,
      allocation: [
        { lineId: 'a', sku: 'a', minor: 1_200 },
        { lineId: 'b', sku: 'b', minor: 800 },
      ],
    })
  })

  it('beside another promotion is used up, and takes off no more than all discounts of the order', async () => {
    const { id, order } = await coupon({ threshold: yuan('100'), discount: { amountOff: yuan('30') } })
    await seed.hear(order({ totalMinor: 5_000n, discountMinor: 5_000n, freightMinor: 0n }))
    expect(await seed.couponOf({ id })).toMatchObject({ state: 'USED', discountMinor: 3_000, allocation: null })
    const half = await coupon(percentOff(50))
    await seed.hear(half.order({ totalMinor: 6_000n, freightMinor: 1_000n, discountMinor: 4_000n }))
    expect(await seed.couponOf(half)).toMatchObject({ state: 'USED', discountMinor: 4_000 })
  })

  it('is not used by an order that was below the threshold before all discounts', async () => {
    const { order, state } = await coupon({ threshold: yuan('100') })
    await seed.hear(order({ totalMinor: 8_000n, discountMinor: 500n }))
    expect(await state()).toBe('ISSUED')
  })

  it.each([
    [{}, 8_000n, 500],
    [percentOff(20), 8_000n, 2_000],
    [percentOff(20, yuan('3')), 8_000n, 300],
    [percentOff(15), 5n, 1],
  ])('of %j is used up where the shop states no discounts: %s leave %i', async (template, totalMinor, discountMinor) => {
    const { id, order } = await coupon({ threshold: yuan('1000'), ...template })
    await seed.hear(order({ totalMinor }))
    expect(await seed.couponOf({ id })).toMatchObject({ state: 'USED', discountMinor })
  })

  it('is used up when it was valid at the payment, however late the event is', async () => {
    const { order, state } = await coupon({ validFor: 'P1D' })
    seed.clock.advance(5 * 86_400_000)
    await seed.hear(order({ modifiedAt: at(29) }))
    expect(await state()).toBe('USED')
  })

  it('is shared among the lines to the cent', async () => {
    const { id, order } = await coupon({ threshold: yuan('0'), discount: { amountOff: yuan('0.12') } })
    const lines = [4n, 3n, 10n, 1n].map((amount, no) => line(`l${no}`, amount, 0n))
    await seed.hear(order({ totalMinor: 6n, discountMinor: 12n, lines }))
    const { allocation } = await seed.couponOf({ id })
    expect(allocation?.map(({ lineId, minor }) => [lineId, minor])).toEqual([
      ['l0', 3],
      ['l1', 2],
      ['l2', 7],
    ])
    const { coupon: shown } = await seed.query<{ coupon: object }>(
      'query C($id: ID!) { coupon(id: $id) { allocation { lineId sku discount { amount } } } }',
      { id },
    )
    expect(shown).toMatchObject({ allocation: [{ lineId: 'l0', sku: 'l0', discount: { amount: '0.03' } }, {}, {}] })
  })
})

describe("a coupon that was redeemed with the shop's key", () => {
  const eligible = yuan('50')
  async function used(orderKey: string) {
    const one = await coupon()
    await lockCoupon(seed.contextOf(), { idempotencyKey: key(), code: one.code, orderKey, eligible })
    await confirmCoupon(seed.contextOf(), { idempotencyKey: key(), code: one.code, orderKey })
    return one
  }

  it('is published with the key, and an order that names it with its id and its key', async () => {
    const { id } = await used('A1')
    const named = await coupon()
    const orderId = newId()
    await seed.hear(named.order({ orderId, orderKey: 'A2' }))
    const old = await coupon()
    await seed.hear(old.order({ orderId }))
    expect((await redeemed()).map((one) => [one.couponId, one.orderId, one.orderKey])).toEqual([
      [id, '', 'A1'],
      [named.id, orderId, 'A2'],
      [old.id, orderId, ''],
    ])
  })

  it('comes back when the order is refunded, by the code or by the customer; another order of the same number returns nothing', async () => {
    const { person, state, order } = await used('A1')
    await seed.hear(seed.order(await seed.meet(), { orderKey: 'A1', ...refunded }))
    await seed.hear(seed.order({ ...person, profileId: '' }, { orderKey: 'A1', ...refunded }))
    await seed.hear(seed.order(person, { orderKey: 'A2', ...refunded }))
    expect(await state()).toBe('USED')
    await seed.hear(seed.order(person, { orderKey: 'A1', ...refunded }))
    expect(await state()).toBe('RETURNED')
    const byCode = await used('B1')
    await seed.hear(byCode.order({ profileId: '', orderKey: 'B1', ...refunded }))
    expect([await byCode.state(), (await redeemed()).length]).toEqual(['RETURNED', 2])
    await seed.hear(order({ orderKey: 'A1' }))
    expect(await state()).toBe('RETURNED')
  })

  it('learns its order from the order that names it, and is used once', async () => {
    const { id, order } = await used('A1')
    const orderId = newId()
    await seed.hear(order({ orderId, orderKey: 'A1', lines: [line('a', 9_500n, 500n)] }))
    expect(await seed.couponOf({ id })).toMatchObject({ state: 'USED', orderId, orderKey: 'A1', allocation: [{ lineId: 'a', minor: 500 }] })
    expect(await redeemed()).toHaveLength(1)
  })

  it('and is only held is used by the same order, and released when that is refunded', async () => {
    const [paid, gone] = [await coupon(), await coupon()]
    for (const [{ code }, orderKey] of [
      [paid, 'A1'],
      [gone, 'B1'],
    ] as const)
      await lockCoupon(seed.contextOf(), { idempotencyKey: key(), code, orderKey, eligible })
    await seed.hear(paid.order({ orderKey: 'A1' }))
    await seed.hear(seed.order(gone.person, { orderKey: 'B1', ...refunded }))
    expect([await paid.state(), await gone.state()]).toEqual(['USED', 'ISSUED'])
  })
})

it('a refund document uses no coupon and returns none', async () => {
  const { order, state } = await coupon()
  await seed.hear(order({ isRefundDocument: true, totalMinor: 0n, refundedMinor: 100n, status: OrderStatus.REFUNDED }))
  expect(await state()).toBe('ISSUED')
})
