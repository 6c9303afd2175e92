import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'
import { issueCoupon } from './issue-coupon.ts'

const seed = campaignSeed()

describe('a coupon', () => {
  it('for a profile that is of another tenant, or does not exist, is not issued', async () => {
    const [own, foreign] = [newId(), newId()]
    await seed.link(own, newId())
    const owner = seed.tenant
    seed.tenant = newId()
    await seed.link(foreign, newId())
    seed.tenant = owner
    const { id: couponTemplateId } = await seed.couponTemplate()
    for (const profileId of [foreign, newId()])
      await expect(seed.grant(couponTemplateId, profileId)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { 'recipient.profileId': expect.stringContaining('try again') },
      })
    expect(await seed.grant(couponTemplateId, own)).toMatchObject({ profileId: own })
    expect((await seed.test.owner.query('SELECT 1 FROM coupons WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(1)
  })
  it('for a customer is kept on the same profile each time, and within the limit of the customer', async () => {
    const [one, other] = [await seed.meet(), await seed.meet()]
    await seed.link(other.profileId, one.customerId, 2n)
    const { id: couponTemplateId } = await seed.couponTemplate({ perCustomer: 2 })
    const issue = (customerId: string, tenantId?: string) =>
      issueCoupon(seed.contextOf(tenantId), { idempotencyKey: key(), couponTemplateId, recipient: { customerId } })
    const coupons = [await seed.couponOf(await issue(one.customerId)), await seed.couponOf(await issue(one.customerId))]
    const first = [one.profileId, other.profileId].toSorted()[0]
    expect(coupons.map(({ profileId }) => profileId)).toEqual([first, first])
    await expect(issue(one.customerId)).rejects.toMatchObject({ code: 'CONFLICT', fields: { recipient: expect.stringContaining('limit') } })
    const foreign = newId()
    for (const [customerId, tenantId] of [[newId()], [other.customerId], [one.customerId, foreign]] as const)
      await expect(issue(customerId, tenantId)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { 'recipient.customerId': expect.any(String) },
      })
  })

  it('of a template that does not exist is not issued', async () => {
    const { profileId } = await seed.meet()
    await expect(seed.grant(newId(), profileId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      fields: { couponTemplateId: 'There is no such coupon template' },
    })
  })
})
