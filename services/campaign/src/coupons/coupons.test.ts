import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { OrderStatus } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { campaignSeed, yuan } from '../../test/seed.ts'
import { confirmCoupon } from './confirm-coupon.ts'
import { lockCoupon } from './lock-coupon.ts'
import { releaseCoupon } from './release-coupon.ts'

const seed = campaignSeed()

describe('coupons', () => {
  it('are never more than the stock, however many requests are concurrent', async () => {
    const { id } = await seed.couponTemplate()
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => seed.grant(id)))
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(10)
    expect((await seed.test.owner.query('SELECT issued FROM coupon_templates WHERE id = $1', [id])).rows[0].issued).toBe(10)
  })

  it('are never more per customer than the limit, over all their profiles', async () => {
    const { id } = await seed.couponTemplate()
    const [a, b] = [await seed.meet(), await seed.meet()]
    await seed.link(b.profileId, a.customerId, 2n)
    const outcomes = await Promise.allSettled([seed.grant(id, a.profileId), seed.grant(id, b.profileId), seed.grant(id, a.profileId)])
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  })

  it('are used once: held, released, held again, confirmed', async () => {
    const { code } = await seed.grant((await seed.couponTemplate()).id)
    const ctx = seed.contextOf()
    const lock = (orderKey: string) => lockCoupon(ctx, { idempotencyKey: key(), code, orderKey, eligible: yuan('50') })
    const settle = (use: typeof confirmCoupon, orderKey: string) => use(ctx, { idempotencyKey: key(), code, orderKey })
    expect(await seed.couponOf(await lock('A'))).toMatchObject({ state: 'LOCKED', discountMinor: 500 })
    await expect(lock('B')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(settle(confirmCoupon, 'B')).rejects.toMatchObject({ code: 'CONFLICT' })
    await settle(releaseCoupon, 'A')
    await lock('B')
    expect(await seed.couponOf(await settle(confirmCoupon, 'B'))).toMatchObject({ state: 'USED' })
    await settle(confirmCoupon, 'B')
    await expect(lock('C')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await published(seed.test, CouponRedeemedSchema)).filter((one) => one.tenantId === seed.tenant)).toHaveLength(1)
    await expect(
      lockCoupon(seed.contextOf(newId()), { idempotencyKey: key(), code, orderKey: 'A', eligible: yuan('50') }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('that twenty orders request concurrently are used by one', async () => {
    const { code } = await seed.grant((await seed.couponTemplate()).id)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, no) =>
        lockCoupon(seed.contextOf(), { idempotencyKey: key(), code, orderKey: `o${no}`, eligible: yuan('50') }),
      ),
    )
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  })

  it('named by a paid order are used, and returned when it is refunded, in either order of the events', async () => {
    for (const isReversed of [false, true]) {
      const person = await seed.meet()
      const { id, code } = await seed.grant((await seed.couponTemplate()).id, person.profileId)
      const orderId = newId()
      const states = [
        seed.order(person, { orderId, couponCodes: [code], modifiedAt: timestampFromDate(seed.clock.now()) }),
        seed.order(person, {
          orderId,
          couponCodes: [code],
          version: 2n,
          status: OrderStatus.REFUNDED,
          refundedMinor: 10_000n,
          modifiedAt: timestampFromDate(seed.clock.now()),
        }),
      ]
      await seed.hear(...(isReversed ? states.toReversed() : states))
      expect((await seed.test.owner.query('SELECT state FROM coupons WHERE id = $1', [id])).rows[0].state).toBe('RETURNED')
    }
  })
})
