import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { event } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { campaignSeed, type Person } from '../../test/seed.ts'
import { issueCoupon } from '../coupons/issue-coupon.ts'

const seed = campaignSeed()

const merged = (survivor: Person, absorbed: Person, version: bigint) =>
  event(CustomersMergedSchema, seed.tenant, {
    decisionId: newId(),
    survivorId: survivor.customerId,
    absorbedId: absorbed.customerId,
    version,
  })
const split = (survivor: Person, restored: Person, version: bigint) =>
  event(CustomerSplitSchema, seed.tenant, {
    decisionId: newId(),
    survivorId: survivor.customerId,
    restoredId: restored.customerId,
    version,
  })

/** Merges the second person into the first, as identity publishes it. */
async function merge(survivor: Person, absorbed: Person, version = 1n): Promise<void> {
  await seed.link(absorbed.profileId, survivor.customerId, 2n * version)
  await seed.hear(merged(survivor, absorbed, version))
}

const couponFor = async (couponTemplateId: string, customerId: string) =>
  seed.couponOf(await issueCoupon(seed.contextOf(), { idempotencyKey: key(), couponTemplateId, recipient: { customerId } }))
const listOf = async (customerId: string) =>
  (
    await seed.query<{ coupons: { nodes: { code: string }[] } }>(
      `{ coupons(filter: { customerId: "${customerId}" }, orderBy: { field: ISSUED_AT }) { nodes { code } } }`,
    )
  ).coupons.nodes.map(({ code }) => code)

describe('the id of a customer that was merged away', () => {
  it('leads to the survivor, over several merges, in mutations, filters and references', async () => {
    const [ann, bob, cleo] = [await seed.meet(), await seed.meet(), await seed.meet()]
    await merge(bob, cleo)
    await merge(ann, bob)
    await seed.link(cleo.profileId, ann.customerId, 9n)
    const { id: template } = await seed.couponTemplate({ perCustomer: 3 })
    const coupons = [await couponFor(template, cleo.customerId), await couponFor(template, ann.customerId)]
    const first = [ann, bob, cleo].map(({ profileId }) => profileId).toSorted()[0]
    expect(coupons.map(({ profileId }) => profileId)).toEqual([first, first])
    const codes = coupons.map(({ code }) => code)
    for (const { customerId } of [ann, bob, cleo]) expect((await listOf(customerId)).toSorted()).toEqual(codes.toSorted())
    const source = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { coupons { totalCount } } } }'
    const of = [ann, cleo].map(({ customerId: id }) => ({ __typename: 'Customer', id }))
    expect(await seed.query(source, { of })).toEqual({ _entities: [{ coupons: { totalCount: 2 } }, { coupons: { totalCount: 2 } }] })
    const stranger = newId()
    await expect(
      issueCoupon(seed.contextOf(stranger), {
        idempotencyKey: key(),
        couponTemplateId: template,
        recipient: { customerId: cleo.customerId },
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is its own again after a split, whatever the order in which the events arrive', async () => {
    const [ann, bob] = [await seed.meet(), await seed.meet()]
    await seed.hear(split(ann, bob, 2n), merged(ann, bob, 1n))
    const { id: template } = await seed.couponTemplate()
    expect((await couponFor(template, bob.customerId)).profileId).toBe(bob.profileId)
    await merge(ann, bob, 3n)
    expect(await listOf(bob.customerId)).toHaveLength(1)
    expect(await listOf(ann.customerId)).toEqual(await listOf(bob.customerId))
  })

  it('is followed by events of an earlier release, which have no version', async () => {
    const [ann, bob] = [await seed.meet(), await seed.meet()]
    const [first, second] = ['019a0000-0000-7000-8000-000000000000', '019a0000-0001-7000-8000-000000000000']
    const ids = { survivorId: ann.customerId }
    await seed.hear(event(CustomerSplitSchema, seed.tenant, { ...ids, decisionId: second, restoredId: bob.customerId }))
    await seed.hear(event(CustomersMergedSchema, seed.tenant, { ...ids, decisionId: first, absorbedId: bob.customerId }))
    const rows = async () =>
      (await dumpTables(seed.test)).merged_customers!.filter((row) => row.includes(seed.tenant) && row.includes(ann.customerId))
    expect(await rows()).toEqual([])
    await seed.hear(merged(ann, bob, 3n))
    expect(await rows()).toHaveLength(1)
  })
})
