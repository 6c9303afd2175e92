import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { ResolveProfilesRequestSchema, ResolveProfilesResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import { expect, it } from 'vitest'
import { requestOf, ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { resolveProfiles } from './resolve-profiles.ts'

const seed = identitySeed()

it('claims that arrive together are resolved in few transactions, of a thousand at most', async () => {
  const resolver = resolveProfiles(seed.test.db, ring, () => new Date())
  const ask = async (count: number) => {
    const said = Array.from({ length: count }, () => ({ source: 's', externalId: newId() }))
    const request = toBinary(ResolveProfilesRequestSchema, create(ResolveProfilesRequestSchema, requestOf(seed.tenant, said)))
    return fromBinary(ResolveProfilesResponseSchema, await resolver.reply(request)).profiles
  }
  // The others wait while the first one is resolved.
  const sizes = [1, 400, 400, 400, 400]
  const answers = await Promise.all(sizes.map(ask))
  expect(answers.map(({ length }) => length)).toEqual(sizes)
  expect(new Set(answers.flat().map(({ profileId }) => profileId)).size).toBe(1_601)
  const { rows } = await seed.test.owner.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM profiles WHERE tenant_id = $1 GROUP BY xmin::text ORDER BY n DESC',
    [seed.tenant],
  )
  const found = rows.map(({ n }) => n)
  expect(found[0]).toBeLessThanOrEqual(1_000)
  expect(found.length).toBeLessThan(sizes.length)
})
