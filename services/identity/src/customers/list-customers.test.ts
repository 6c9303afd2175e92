import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { listReviewCases } from '../review-cases/list-review-cases.ts'
import { tagProfiles } from '../tags/tag-profiles.ts'
import { listCustomers } from './list-customers.ts'
import { mergeCustomers } from './merge-customers.ts'
import { unmergeCustomers } from './unmerge-customers.ts'

const seed = identitySeed()

const list = async (args: Parameters<typeof listCustomers>[1]) => {
  const { nodes, count } = await listCustomers(seed.context(), args)
  return { ids: nodes.map(({ id }) => id), total: (await count()).count }
}

describe('the list of customers', () => {
  it('has the customers that meet every condition, and counts these', async () => {
    const [ann, bob, eve] = [
      await seed.meet({ source: 'shop', phone: '13912340001' }),
      await seed.meet({ source: 'web', phone: '13912340002' }),
      await seed.meet({ source: 'shop' }),
    ]
    const [vip, old, unused] = [await seed.tag('VIP'), await seed.tag('old'), await seed.tag('unused')]
    const tag = (tagId: string, { profileId }: typeof ann) =>
      tagProfiles(seed.context(), { idempotencyKey: key(), tagId, target: { profileIds: [profileId] } })
    await tag(vip.id, ann)
    await tag(old.id, bob)
    const idsOf = (...people: (typeof ann)[]) => ({ ids: people.map(({ customerId }) => customerId), total: people.length })
    expect(await list({})).toEqual(idsOf(ann, bob, eve))
    expect(await list({ filter: { tagIds: [vip.id, old.id] } })).toEqual(idsOf(ann, bob))
    expect(await list({ filter: { tagIds: [unused.id, 'x'] } })).toEqual(idsOf())
    expect(await list({ filter: { source: 'shop' } })).toEqual(idsOf(ann, eve))
    expect(await list({ filter: { hasIdentifier: 'phone' } })).toEqual(idsOf(ann, bob))
    expect(await list({ filter: { hasIdentifier: 'phone', source: 'shop', tagIds: [vip.id] } })).toEqual(idsOf(ann))
    const { createdAt } = (await seed.context().load.customer.load(bob.customerId))!
    expect(await list({ filter: { createdFrom: createdAt.toISOString() }, first: 1 })).toMatchObject({ ids: [bob.customerId] })
    expect((await list({ filter: { createdBefore: createdAt.toISOString() } })).ids).not.toContain(bob.customerId)
    await expect((async () => list({ filter: { tagIds: Array.from({ length: 101 }, newId) } }))()).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'filter.tagIds': expect.any(String) },
    })
  })

  it('is ordered by the time of creation, in both directions, and leaves out merged customers', async () => {
    const people = [await seed.meet(), await seed.meet(), await seed.meet()]
    const ids = people.map(({ customerId }) => customerId)
    expect((await list({ orderBy: { field: 'CREATED_AT', direction: 'DESC' } })).ids).toEqual(ids.toReversed())
    await mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId: ids[0]!, absorbedId: ids[1]!, reason: 'one person' })
    expect(await list({ orderBy: { field: 'CREATED_AT' } })).toEqual({ ids: [ids[0], ids[2]], total: 2 })
  })
})

describe('a merged customer', () => {
  it('lists the profiles, the evidence and the merges of both, page by page', async () => {
    const phone = '13912340003'
    const [ann, bob] = [await seed.meet({ phone }), await seed.meet()]
    await seed.meet({ source: 'web', phone })
    const { mergeId } = await mergeCustomers(seed.context(), {
      idempotencyKey: key(),
      survivorId: bob.customerId,
      absorbedId: ann.customerId,
      reason: 'one person',
    })
    const { load } = seed.context()
    const first = await load.profilesOf(bob.customerId, { first: 2 })
    expect([first.nodes.length, (await first.count()).count, first.pageInfo.hasNextPage]).toEqual([2, 3, true])
    const rest = await load.profilesOf(bob.customerId, { first: 2, after: first.pageInfo.endCursor })
    expect(new Set([...first.nodes, ...rest.nodes].map(({ id }) => id)).size).toBe(3)
    expect((await load.profilesOf(bob.customerId, { filter: { source: 'web' } })).nodes).toMatchObject([{ source: 'web' }])
    expect((await load.evidenceOf(bob.customerId, { filter: { namespace: 'phone' } })).nodes).toMatchObject([{ namespace: 'phone' }])
    expect((await load.evidenceOf(bob.customerId, { filter: { namespace: 'email' } })).nodes).toEqual([])
    expect((await load.mergesOf(bob.customerId, {})).nodes).toMatchObject([{ id: mergeId, kind: 'MERGE' }])
    await unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason: 'two people' })
    const merges = await seed.context().load.mergesOf(ann.customerId, { filter: { kind: 'UNMERGE' } })
    expect(merges.nodes).toMatchObject([{ kind: 'UNMERGE', undoes: mergeId }])
  })
})

it('the list of review cases is filtered by reason and by either customer', async () => {
  const phone = '13912340004'
  const ann = await seed.meet({ unionid: 'one', phone })
  const bob = await seed.meet({ unionid: 'two', phone })
  const read = async (filter: object) => (await listReviewCases(seed.context(), { filter })).nodes.length
  expect(await read({ reason: 'DIFFERENT_UNIONIDS' })).toBe(1)
  expect(await read({ reason: 'SPLIT_BY_A_PERSON' })).toBe(0)
  expect([await read({ customerId: ann.customerId }), await read({ customerId: bob.customerId })]).toEqual([1, 1])
  expect(await read({ customerId: newId() })).toBe(0)
  await expect(read({ customerId: 'x' })).rejects.toMatchObject({ fields: { 'filter.customerId': 'must be an id' } })
  // The case of a customer that was merged away is found by the old id and by the survivor's.
  const cleo = await seed.meet({})
  await mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId: cleo.customerId, absorbedId: ann.customerId, reason: 'one' })
  expect([await read({ customerId: ann.customerId }), await read({ customerId: cleo.customerId })]).toEqual([1, 1])
})
