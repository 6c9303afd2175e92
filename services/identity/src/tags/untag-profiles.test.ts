import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { contextOf, resolve } from '../../test/fixture.ts'
import { identity } from '../service.ts'
import { createTag } from './create-tag.ts'
import { createTagGroup } from './create-tag-group.ts'
import { tagProfiles, untagProfiles } from './tag-profiles.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

it('a tag that is removed is published once, with the profile and whose it is', async () => {
  const tenantId = newId()
  const ctx = contextOf(test, tenantId)
  const group = await createTagGroup(ctx, { idempotencyKey: key(), name: '等级' })
  const tag = await createTag(ctx, { idempotencyKey: key(), groupId: group.id, name: 'VIP' })
  const [person] = await resolve(test, tenantId, [{ source: 's', externalId: '1' }])
  const { profileId, customerId } = person!
  const input = () => ({ idempotencyKey: key(), tagId: tag.id, profileIds: [profileId] })
  await tagProfiles(ctx, input())
  expect(await untagProfiles(ctx, input())).toEqual({ changed: 1 })
  expect(await untagProfiles(ctx, input())).toEqual({ changed: 0 })
  const events = await published(test, TagRemovedSchema)
  expect(events).toMatchObject([{ tenantId, profileId, customerId, tagId: tag.id, at: { seconds: expect.any(BigInt) } }])
})
