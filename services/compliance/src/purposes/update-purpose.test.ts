import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { complianceSeed } from '../../test/seed.ts'
import { archivePurpose, restorePurpose } from './archive-purpose.ts'
import { purposeResolvers } from './purpose.resolvers.ts'
import { updatePurpose } from './update-purpose.ts'

const seed = complianceSeed()
const { Query, Purpose } = purposeResolvers
const keysOf = async (args: Parameters<typeof Query.purposes>[1]) =>
  (await Query.purposes({}, args, seed.context())).nodes.map((purpose) => purpose.key)

describe('a purpose', () => {
  it('can be read back whole, with all its notices and versions', async () => {
    const { id } = await seed.people.define()
    await seed.people.redefine({ noticeText: 'we write to you more often' })
    await seed.people.redefine({ consentLevel: 'SEPARATE', name: 'Marketing' })
    const ctx = seed.context()
    const purpose = (await ctx.load.purpose.load(id))!
    expect(purpose).toMatchObject({ key: 'marketing', name: 'Marketing', consentLevel: 'SEPARATE', version: 3, noticeVersion: 2 })
    expect(await Purpose.notice(purpose, {}, ctx)).toMatchObject({ version: 2, text: 'we write to you more often' })
    const { nodes, count } = await Purpose.notices(purpose, {}, ctx)
    expect(nodes.map(({ version, text }) => [version, text])).toEqual([
      [2, 'we write to you more often'],
      [1, 'we write to you'],
    ])
    expect(await count()).toEqual({ count: 2, isEstimate: false })
    expect(await ctx.load.notice.load(nodes[1]!.id)).toMatchObject({ version: 1 })
    expect(await Purpose.versions(purpose, {}, ctx)).toMatchObject([
      { version: 3, consentLevel: 'SEPARATE', noticeVersion: 2 },
      { version: 2, consentLevel: 'GENERAL', noticeVersion: 2 },
      { version: 1, noticeVersion: 1 },
    ])
  })

  it('that another caller has changed is not changed by one who has read the earlier version', async () => {
    await seed.people.define()
    await seed.people.redefine({ name: 'one', expectedVersion: 1 })
    await expect(seed.people.redefine({ name: 'two', expectedVersion: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { expectedVersion: expect.stringContaining('version 2') },
    })
    expect(await seed.people.redefine({ name: 'one' })).toMatchObject({ name: 'one', version: 2 })
    const { id: purposeId } = (await seed.context().load.purposeByKey.load('marketing'))!
    for (const use of [archivePurpose, restorePurpose]) {
      await expect(use(seed.context(), { idempotencyKey: key(), purposeId, expectedVersion: 1 })).rejects.toMatchObject({
        code: 'CONFLICT',
        fields: { expectedVersion: expect.stringContaining('version 2;') },
      })
      await use(seed.context(), { idempotencyKey: key(), purposeId, expectedVersion: 2 })
    }
  })

  it('has a key that no other has, and is refused as commercial and required, also by an update', async () => {
    await seed.people.define()
    await expect(seed.people.define()).rejects.toMatchObject({ code: 'CONFLICT', fields: { key: expect.any(String) } })
    await expect(seed.people.redefine({ isRequired: true })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { isRequired: expect.any(String) },
    })
  })

  it('that does not exist cannot be changed, archived or restored', async () => {
    const change = { idempotencyKey: key(), purposeId: newId() }
    for (const use of [updatePurpose, archivePurpose, restorePurpose])
      await expect(use(seed.context(), change)).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { purposeId: expect.any(String) } })
  })
})

describe('an archived purpose', () => {
  it('is in no list, sends nothing, takes withdrawals and no consents, until it is restored', async () => {
    const { id } = await seed.people.define()
    const profile = await seed.people.meet()
    await seed.people.grant(profile)
    await archivePurpose(seed.context(), { idempotencyKey: key(), purposeId: id })
    expect([await keysOf({}), await keysOf({ filter: { isArchived: true } })]).toEqual([[], ['marketing']])
    expect(await seed.context().load.purpose.load(id)).toMatchObject({ archivedAt: expect.any(Date) })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['PURPOSE_ARCHIVED'] })
    await expect(seed.people.grant(profile)).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { purpose: 'The purpose is archived; restore it first' },
    })
    await expect(seed.people.redefine({ name: 'n' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await restorePurpose(seed.context(), { idempotencyKey: key(), purposeId: id })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: true })
    await archivePurpose(seed.context(), { idempotencyKey: key(), purposeId: id })
    await seed.people.withdraw(profile)
    await restorePurpose(seed.context(), { idempotencyKey: key(), purposeId: id })
    expect(await seed.people.decide(profile)).toMatchObject({ isAllowed: false, reasons: ['WITHDRAWN'] })
  })
})

it('purposes are filtered and ordered as the caller wants', async () => {
  await seed.people.define({ key: 'a', name: 'Zebra 50%' })
  await seed.people.define({ key: 'b', name: 'apple', consentLevel: 'WRITTEN' })
  await seed.people.define({ key: 'c', name: 'Cherry', messageClass: 'TRANSACTIONAL' })
  expect(await keysOf({})).toEqual(['a', 'b', 'c'])
  expect(await keysOf({ orderBy: { field: 'KEY', direction: 'DESC' }, first: 2 })).toEqual(['c', 'b'])
  expect(await keysOf({ orderBy: { field: 'CREATED_AT', direction: 'DESC' } })).toEqual(['c', 'b', 'a'])
  for (const [filter, wanted] of [
    [{ key: 'b' }, ['b']],
    [{ nameContains: '0%' }, ['a']],
    [{ nameContains: '%' }, ['a']],
    [{ nameContains: 'E' }, ['a', 'b', 'c']],
    [{ consentLevel: 'WRITTEN' }, ['b']],
    [{ messageClass: 'TRANSACTIONAL', key: 'a' }, []],
  ] as const)
    expect(await keysOf({ filter })).toEqual(wanted)
})
