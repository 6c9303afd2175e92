import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { createTag } from './create-tag.ts'
import { createTagGroup } from './create-tag-group.ts'
import { tagProfiles, untagProfiles } from './tag-profiles.ts'

const seed = identitySeed()

describe('tags', () => {
  it('are unique in their group whatever the case and width, and are added to a profile once', async () => {
    const ctx = seed.context()
    const group = await createTagGroup(ctx, { idempotencyKey: key(), name: '等级' })
    const tag = await createTag(ctx, { idempotencyKey: key(), groupId: group.id, name: 'VIP' })
    await expect(createTag(ctx, { idempotencyKey: key(), groupId: group.id, name: 'ｖｉｐ' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const [one] = await resolve(seed.test, seed.tenant, [{ source: 's', externalId: '1' }])
    expect(await tagProfiles(ctx, { idempotencyKey: key(), tagId: tag.id, target: { profileIds: [one!.profileId] } })).toEqual({
      changed: 1,
    })
    expect(await tagProfiles(ctx, { idempotencyKey: key(), tagId: tag.id, target: { profileIds: [one!.profileId] } })).toEqual({
      changed: 0,
    })
    await expect(
      tagProfiles(seed.context(newId()), { idempotencyKey: key(), tagId: tag.id, target: { profileIds: [one!.profileId] } }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('that are removed are published once, with the profile and its customer', async () => {
    const [{ id: tagId }, { profileId, customerId }] = [await seed.tag('VIP'), await seed.meet()]
    const input = () => ({ idempotencyKey: key(), tagId, target: { profileIds: [profileId] } })
    await tagProfiles(seed.context(), input())
    expect(await untagProfiles(seed.context(), input())).toEqual({ changed: 1 })
    expect(await untagProfiles(seed.context(), input())).toEqual({ changed: 0 })
    const events = await published(seed.test, TagRemovedSchema)
    expect(events).toMatchObject([{ tenantId: seed.tenant, profileId, customerId, tagId, at: { seconds: expect.any(BigInt) } }])
  })
})
