import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'

const seed = campaignSeed()

describe('a coupon', () => {
  it('for a profile that is of another tenant, or does not exist, is not issued', async () => {
    const [own, foreign] = [newId(), newId()]
    await seed.link(own, newId())
    const owner = seed.tenant
    seed.tenant = newId()
    await seed.link(foreign, newId())
    seed.tenant = owner
    const { id: templateId } = await seed.couponTemplate()
    for (const profileId of [foreign, newId()])
      await expect(seed.grant(templateId, profileId)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { profileId: expect.stringContaining('try again') },
      })
    expect(await seed.grant(templateId, own)).toMatchObject({ profileId: own })
    expect((await seed.test.owner.query('SELECT 1 FROM coupons WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(1)
  })
})
