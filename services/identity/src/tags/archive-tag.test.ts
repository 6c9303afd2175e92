import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { archiveTag, restoreTag } from './archive-tag.ts'
import { archiveTagGroup, restoreTagGroup } from './archive-tag-group.ts'
import { createTag } from './create-tag.ts'
import { createTagGroup } from './create-tag-group.ts'
import { listTagGroups } from './list-tag-groups.ts'
import { listTags } from './list-tags.ts'
import { byName } from './listed-tags.ts'
import { addTags, tagProfiles, untagProfiles } from './tag-profiles.ts'
import { updateTag } from './update-tag.ts'
import { updateTagGroup } from './update-tag-group.ts'

const seed = identitySeed()

const group = (name: string) => createTagGroup(seed.context(), { idempotencyKey: key(), name })
const tagIn = (groupId: string, name: string) => createTag(seed.context(), { idempotencyKey: key(), groupId, name })
const archive = (tagId: string) => archiveTag(seed.context(), { idempotencyKey: key(), tagId })
const names = async (args: Parameters<typeof listTags>[1]) => (await listTags(seed.context(), args)).nodes.map(({ name }) => name)

describe('a tag', () => {
  it('is renamed and moved by a caller that has read its version', async () => {
    const [from, to] = [await group('from'), await group('to')]
    const { id: tagId } = await tagIn(from.id, 'VIP')
    const update = (change: object) => updateTag(seed.context(), { idempotencyKey: key(), tagId, ...change })
    await update({ name: 'Gold', groupId: to.id, expectedVersion: 1 })
    expect(await seed.context().load.tag.load(tagId)).toMatchObject({ name: 'Gold', groupId: to.id, version: 2 })
    await expect(update({ name: 'Silver', expectedVersion: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { expectedVersion: expect.stringContaining('version 2') },
    })
    await expect(update({})).rejects.toMatchObject({ code: 'INVALID' })
    await expect(update({ groupId: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { groupId: expect.any(String) } })
    await tagIn(to.id, 'Iron')
    await expect(update({ name: 'ＩＲＯＮ' })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('that is archived stays on customers and can be removed, but not added', async () => {
    const [{ id: tagId }, { profileId, customerId }, other] = [await seed.tag('VIP'), await seed.meet(), await seed.meet()]
    const input = (id: string) => ({ idempotencyKey: key(), tagId, target: { profileIds: [id] } })
    await tagProfiles(seed.context(), input(profileId))
    await archive(tagId)
    await archive(tagId)
    expect(await seed.context().load.tag.load(tagId)).toMatchObject({ archivedAt: expect.any(Date), version: 2 })
    expect((await seed.context().load.tagsOfCustomer(customerId, byName({}))).nodes).toMatchObject([{ id: tagId }])
    await expect(tagProfiles(seed.context(), input(other.profileId))).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { tagId: expect.any(String) },
    })
    const added = await withTenant(seed.test.db, seed.tenant, (tx) => addTags(tx, [{ tagId, profileId: other.profileId, at: new Date() }]))
    expect(added, 'by a source').toBe(0)
    expect(await untagProfiles(seed.context(), input(profileId))).toEqual({ changed: 1 })
    await restoreTag(seed.context(), { idempotencyKey: key(), tagId })
    expect(await tagProfiles(seed.context(), input(other.profileId))).toEqual({ changed: 1 })
  })

  it('is listed by name, and archived only where the filter wants it', async () => {
    const { id } = await group('levels')
    const [, b] = [await tagIn(id, 'Zinc'), await tagIn(id, 'copper'), await tagIn(id, '100%')]
    await archive(b.id)
    expect(await names({})).toEqual(['100%', 'Zinc'])
    expect(await names({ filter: { isArchived: true } })).toEqual(['copper'])
    expect(await names({ filter: { nameContains: 'ＺＩ' } })).toEqual(['Zinc'])
    expect(await names({ filter: { nameContains: '%' } })).toEqual(['100%'])
    expect(await names({ orderBy: { field: 'CREATED_AT', direction: 'DESC' } })).toEqual(['100%', 'Zinc'])
  })
})

describe('a target', () => {
  it('of customers is all profiles that they have, also by the id of a merged one; one that does not exist is refused', async () => {
    const { id: tagId } = await seed.tag('VIP')
    const phone = '13912340005'
    const claims = ['1', '2'].map((externalId) => ({ source: 's', externalId, phone }))
    const [ann] = [...(await resolve(seed.test, seed.tenant, claims))]
    const tag = (target: object) => tagProfiles(seed.context(), { idempotencyKey: key(), tagId, target })
    expect(await tag({ customerIds: [ann!.customerId] })).toEqual({ changed: 2 })
    const { customerId: absorbedId } = await seed.meet()
    const merge = { idempotencyKey: key(), survivorId: ann!.customerId, absorbedId, reason: 'one person' }
    await mergeCustomers(seed.context(), merge)
    expect(await tag({ customerIds: [absorbedId] })).toEqual({ changed: 1 })
    for (const [field, target] of Object.entries({
      'target.customerIds': { customerIds: [ann!.customerId, newId()] },
      'target.profileIds': { profileIds: [ann!.profileId, newId()] },
    }))
      await expect(tag(target)).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { [field]: expect.any(String) } })
    for (const wrong of [{}, { customerIds: [ann!.customerId], profileIds: [ann!.profileId] }])
      await expect(tag(wrong)).rejects.toMatchObject({ code: 'INVALID' })
  })
})

describe('a tag group', () => {
  it('is renamed by a caller that has read its version', async () => {
    const { id: groupId } = await group('levels')
    const rename = (name: string, expectedVersion?: number) =>
      updateTagGroup(seed.context(), { idempotencyKey: key(), groupId, name, expectedVersion })
    await rename('ranks', 1)
    expect(await seed.context().load.tagGroup.load(groupId)).toMatchObject({ name: 'ranks', version: 2 })
    await expect(rename('grades', 1)).rejects.toMatchObject({ code: 'CONFLICT' })
    await group('other')
    await expect(rename('OTHER')).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('is archived when all its tags are, and then takes no tag', async () => {
    const { id: groupId } = await group('levels')
    const tags = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => tagIn(groupId, name)))
    const end = () => archiveTagGroup(seed.context(), { idempotencyKey: key(), groupId })
    await expect(end()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('a, b, c, d, e and 2 more') })
    for (const { id } of tags) await archive(id)
    await end()
    expect((await listTagGroups(seed.context(), {})).nodes).toEqual([])
    expect((await listTagGroups(seed.context(), { filter: { isArchived: true } })).nodes).toMatchObject([{ id: groupId }])
    const refused = { code: 'CONFLICT', fields: { groupId: expect.any(String) } }
    await expect(tagIn(groupId, 'h')).rejects.toMatchObject(refused)
    await expect(restoreTag(seed.context(), { idempotencyKey: key(), tagId: tags[0]!.id })).rejects.toMatchObject(refused)
    await restoreTagGroup(seed.context(), { idempotencyKey: key(), groupId })
    await restoreTag(seed.context(), { idempotencyKey: key(), tagId: tags[0]!.id })
    expect(await names({})).toEqual(['a'])
  })
})
