import { expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { listProfiles } from './list-profiles.ts'

const seed = identitySeed()

it('the list of profiles has those of a source and a span of time, oldest or newest first, and counts them', async () => {
  const phone = '13912340008'
  const people = [await seed.meet({ source: 'web', phone }), await seed.meet({ source: 'shop' }), await seed.meet({ source: 'web', phone })]
  const ids = people.map(({ profileId }) => profileId)
  const list = async (args: Parameters<typeof listProfiles>[1]) => {
    const { nodes, count } = await listProfiles(seed.context(), args)
    expect(await count()).toEqual({ count: nodes.length, isEstimate: false })
    return nodes.map(({ id }) => id)
  }
  expect(await list({})).toEqual(ids)
  expect(await list({ orderBy: { field: 'CREATED_AT', direction: 'DESC' } })).toEqual(ids.toReversed())
  expect(await list({ filter: { source: 'web' } })).toEqual([ids[0], ids[2]])
  const createdBefore = (await seed.context().load.profile.load(ids[1]!))!.createdAt.toISOString()
  expect(await list({ filter: { createdBefore } })).toEqual([ids[0]])
  expect(await list({ filter: { createdFrom: createdBefore } })).toEqual([ids[1], ids[2]])
})
