import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed, yuan } from '../../test/seed.ts'
import { lockCoupon } from './lock-coupon.ts'

const seed = campaignSeed()

const hold = (code: string, orderKey: string, eligible = yuan('50')) =>
  lockCoupon(seed.contextOf(), { idempotencyKey: key(), code, orderKey, eligible })
const list = async (filter: object, orderBy?: object) =>
  (
    await seed.query<{ coupons: { nodes: { code: string }[] } }>(
      'query L($filter: CouponFilter, $orderBy: CouponOrder) { coupons(filter: $filter, orderBy: $orderBy) { nodes { code } } }',
      { filter, orderBy },
    )
  ).coupons.nodes.map(({ code }) => code)

describe('coupons', () => {
  it('are listed, the latest first, by template, state and customer', async () => {
    const [gift, other] = [await seed.couponTemplate({ perCustomer: 9 }), await seed.couponTemplate({ validFor: 'P1D' })]
    const [one, two] = [await seed.meet(), await seed.meet()]
    const [a, b, c] = [
      await seed.grant(gift.id, one.profileId),
      await seed.grant(gift.id, two.profileId),
      await seed.grant(other.id, one.profileId),
    ]
    await hold(b.code, 'o1')
    expect(await list({})).toEqual([c.code, b.code, a.code])
    expect(await list({ couponTemplateId: gift.id })).toEqual([b.code, a.code])
    expect(await list({ state: 'LOCKED' })).toEqual([b.code])
    expect(await list({ states: ['LOCKED', 'USED'], customerId: two.customerId })).toEqual([b.code])
    expect(await list({ customerId: one.customerId })).toEqual([c.code, a.code])
    expect(await list({ couponTemplateId: gift.id, customerId: one.customerId }, { field: 'ISSUED_AT' })).toEqual([a.code])
    expect((await list({}, { field: 'EXPIRES_AT' }))[0]).toBe(c.code)
    await expect(list({ couponTemplateId: 'x' })).rejects.toThrow('filter.couponTemplateId')
  })

  it('of a customer are those of all profiles, and lead to the template and to the customer', async () => {
    const template = await seed.couponTemplate({ name: 'gift', perCustomer: 9 })
    const [one, two] = [await seed.meet(), await seed.meet()]
    const [a, b] = [await seed.grant(template.id, one.profileId), await seed.grant(template.id, two.profileId)]
    await seed.link(two.profileId, one.customerId, 2n)
    await hold(a.code, 'shop-1')
    const { _entities } = await seed.query<{ _entities: [{ held: { nodes: object[] }; all: { totalCount: number; nodes: object[] } }] }>(
      `query E($of: [_Any!]!) { _entities(representations: $of) { ... on Customer {
        held: coupons(filter: { state: LOCKED }) { nodes { code orderKey orderId discount { amount currency } couponTemplate { name } customer { id } } }
        all: coupons { totalCount nodes { code } } } } }`,
      { of: [{ __typename: 'Customer', id: one.customerId }] },
    )
    expect(_entities[0].all).toEqual({ totalCount: 2, nodes: [{ code: b.code }, { code: a.code }] })
    const held = { code: a.code, orderKey: 'shop-1', orderId: null, discount: yuan('5.00') }
    expect(_entities[0].held.nodes).toEqual([{ ...held, couponTemplate: { name: 'gift' }, customer: { id: one.customerId } }])
  })
})

describe('an order', () => {
  it('in another currency than the coupon, or below its threshold, holds no coupon', async () => {
    const { code } = await seed.grant((await seed.couponTemplate()).id)
    await expect(hold(code, 'o', { amount: '5000', currency: 'JPY' })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'eligible.currency': expect.stringContaining('must be CNY') },
    })
    await expect(hold(code, 'o', yuan('9.99'))).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { eligible: "The order is below the coupon's threshold of 10.00 CNY" },
    })
  })

  it('that a shop reports in another currency does not use the coupon up', async () => {
    const person = await seed.meet()
    const { id, code } = await seed.grant((await seed.couponTemplate()).id, person.profileId)
    await seed.hear(seed.order(person, { couponCodes: [code], currency: 'JPY' }))
    expect(await seed.couponOf({ id })).toMatchObject({ state: 'ISSUED' })
  })
})
