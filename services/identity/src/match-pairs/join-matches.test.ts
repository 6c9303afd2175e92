import { key } from '@renmai/platform/testing/viewers'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolve, type Said } from '../../test/fixture.ts'
import { finishJobs, matchAll, registerFields, useModel } from '../../test/matching.ts'
import { identitySeed } from '../../test/seed.ts'
import type { ReviewCase } from '../customers/customer.table.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { unmergeCustomers } from '../customers/unmerge-customers.ts'
import { listIdentityRulings } from '../graph/list-identity-rulings.ts'
import type { IdentityRuling } from '../graph/ruling.table.ts'
import { separateCustomers } from '../graph/separate-customers.ts'
import { undoIdentityRuling } from '../graph/undo-identity-ruling.ts'
import { proposeByModel } from '../match-models/propose-by-model.ts'
import { updateMatchSettings } from '../match-models/update-match-settings.ts'
import { listReviewCases } from '../review-cases/list-review-cases.ts'

const seed = identitySeed()
beforeEach(() => registerFields(seed))
const reason = 'test'
const LI = { name: '李晓明', attributes: { birthday: '1988-05-17', city: '杭州', company: '西湖茶业有限公司' } }
const meet = (claim: Partial<Said> = {}) => seed.meet({ source: `shop-${key()}`, ...LI, ...claim })
const cases = async (): Promise<ReviewCase[]> => (await listReviewCases(seed.context(), {})).nodes as ReviewCase[]
const links = async (): Promise<IdentityRuling[]> =>
  (await listIdentityRulings(seed.context(), { filter: { kind: 'LINK' } })).nodes as IdentityRuling[]
const customerOf = async (profileId: string) => (await seed.context().load.profile.load(profileId))!.customerId
const areOne = async (...profiles: { profileId: string }[]) =>
  new Set(await Promise.all(profiles.map(({ profileId }) => customerOf(profileId)))).size === 1
const again = async (...profiles: { profileId: string }[]) => {
  await seed.test.owner.query('UPDATE match_records SET next_at = now() WHERE id = ANY($1)', [profiles.map(({ profileId }) => profileId)])
  await matchAll(seed)
}

describe('a model', () => {
  it('joins nobody until the tenant has it do so, and then by a ruling that states what it knew', async () => {
    await useModel(seed)
    const [a, b] = [await meet(), await meet()]
    await matchAll(seed)
    expect(await areOne(a, b)).toBe(false)
    expect(await cases()).toHaveLength(1)
    await updateMatchSettings(seed.context(), { idempotencyKey: key(), joinsByModel: true })
    await again(a)
    expect(await areOne(a, b)).toBe(true)
    expect(await cases()).toEqual([])
    expect(await links()).toMatchObject([
      { decidedBy: 'model:1', reason: expect.stringMatching(/^model 1: probability [01]\.\d+ by .*birth_date/), holds: true },
    ])
    const [merge] = (await seed.context().load.mergesOf(await customerOf(a.profileId), {})).nodes
    expect(merge).toMatchObject({ kind: 'MERGE', decidedBy: 'model:1' })
  })

  it('that a person has undone does not join the two again: they stay a case', async () => {
    await useModel(seed, { joins: true })
    const [a, b] = [await meet(), await meet()]
    await matchAll(seed)
    const [link] = await links()
    await undoIdentityRuling(seed.context(), { idempotencyKey: key(), rulingId: link!.id, reason })
    expect(await areOne(a, b)).toBe(false)
    await again(a, b)
    expect(await areOne(a, b)).toBe(false)
    expect(await cases()).toHaveLength(1)
  })

  it('does not join whom people separated, or took apart, and proposes them no more', async () => {
    await useModel(seed, { joins: true })
    const [a, b] = [await meet(), await meet()]
    await separateCustomers(seed.context(), { idempotencyKey: key(), customerA: a.customerId, customerB: b.customerId, reason })
    await matchAll(seed)
    expect([await areOne(a, b), await cases()]).toEqual([false, []])
    const [c, d] = [await meet({ name: '赵强' }), await meet({ name: '赵强' })]
    const { mergeId } = await mergeCustomers(seed.context(), {
      idempotencyKey: key(),
      survivorId: c.customerId,
      absorbedId: d.customerId,
      reason,
    })
    await unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason })
    await again(c, d)
    expect(await areOne(c, d)).toBe(false)
  })

  it('does not join customers of whom two profiles contradict each other, nor different unionids', async () => {
    await useModel(seed, { joins: true })
    const [a, stranger] = [await meet(), await meet({ name: '王芳', attributes: { birthday: '1970-01-02', city: '成都' } })]
    const both = { survivorId: a.customerId, absorbedId: stranger.customerId }
    await mergeCustomers(seed.context(), { idempotencyKey: key(), ...both, reason })
    const b = await meet()
    await matchAll(seed)
    expect(await areOne(a, b)).toBe(false)
    const [one, other] = [await meet({ name: '赵强', unionid: key() }), await meet({ name: '赵强', unionid: key() })]
    await matchAll(seed)
    expect(await areOne(one, other)).toBe(false)
    expect((await cases()).filter(({ profileA }) => [one.profileId, other.profileId].includes(profileA!))).toEqual([])
  })

  it('that joined two leaves them apart once unionids show that they are two people', async () => {
    await useModel(seed, { joins: true })
    const claims = ['a', 'b'].map((source) => ({ source, externalId: key(), ...LI }))
    const [a, b] = await resolve(seed.test, seed.tenant, claims)
    await matchAll(seed)
    expect(await areOne(a!, b!)).toBe(true)
    await resolve(
      seed.test,
      seed.tenant,
      claims.map((claim) => ({ ...claim, unionid: key() })),
    )
    expect(await areOne(a!, b!)).toBe(false)
  })

  it('only proposes what it finds in the stock, whatever the tenant has switched on', async () => {
    await useModel(seed, { joins: true })
    await seed.test.owner.query('DELETE FROM match_settings WHERE tenant_id = $1', [seed.tenant])
    const [a, b] = [await meet(), await meet()]
    await useModel(seed, { joins: true, number: 2 })
    await proposeByModel(seed.context(), { idempotencyKey: key() })
    await finishJobs(seed)
    expect(await areOne(a, b)).toBe(false)
    expect(await cases()).toMatchObject([{ reason: 'PROBABLE_MATCH', modelVersion: 2 }])
  })
})
