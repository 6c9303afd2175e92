import { newId } from '@renmai/platform/serve/ids'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerChangedSchema, ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { contextOf, resolve } from '../../test/fixture.ts'
import { defineField } from '../attributes/define-field.ts'
import { setAttributes } from '../attributes/set-attributes.ts'
import { identity } from '../service.ts'
import { createTag } from '../tags/create-tag.ts'
import { createTagGroup } from '../tags/create-tag-group.ts'
import { tagProfiles } from '../tags/tag-profiles.ts'
import { mergeCustomers } from './merge-customers.ts'
import { unmergeCustomers } from './unmerge-customers.ts'

let test: TestDatabase
let tenant: string
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
beforeEach(() => {
  tenant = newId()
})
afterAll(() => test.drop())

const merge = (survivorId: string, absorbedId: string) =>
  mergeCustomers(contextOf(test, tenant), { idempotencyKey: key(), survivorId, absorbedId, reason: 'test' })
const unmerge = (decisionId: string) => unmergeCustomers(contextOf(test, tenant), { idempotencyKey: key(), decisionId, reason: 'test' })
/** The log of the decisions is what may differ; versions count the changes and are part of that log. */
const dump = () => dumpTables(test, ['customer_decisions', 'profiles.version'])

it('every table is behind its tenant', async () => expect(await unprotectedTables(test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(test)).toEqual([]))

describe('resolving', () => {
  it('gives the same profile for the same claim, and one customer for one proven phone', async () => {
    const [shop] = await resolve(test, tenant, [{ source: 'shop', externalId: '1', phone: '13912345678' }])
    const [again, wecom, other] = await resolve(test, tenant, [
      { source: 'shop', externalId: '1', phone: '13912345678' },
      { source: 'wecom', externalId: 'w', phone: '+86 139 1234 5678' },
      { source: 'wecom', externalId: 'x', phone: '13912345679' },
    ])
    expect(again).toMatchObject({ profileId: shop!.profileId, isNew: false })
    expect(wecom!.customerId).toBe(shop!.customerId)
    expect(other!.customerId).not.toBe(shop!.customerId)
  })

  it('answers one bad claim by itself', async () => {
    const [bad, good] = await resolve(test, tenant, [
      { source: 's', externalId: '1', phone: '138****0000' },
      { source: 's', externalId: '2', phone: '13700001111' },
    ])
    expect(bad).toMatchObject({ errorCode: 'INVALID', profileId: '' })
    expect(good!.profileId).not.toBe('')
  })

  it('opens one customer when two ask for one phone at once', async () => {
    const asked = Array.from({ length: 8 }, (_, index) =>
      resolve(test, tenant, [{ source: 'race', externalId: String(index), phone: '13600001111' }]),
    )
    const customers = new Set((await Promise.all(asked)).map(([one]) => one!.customerId))
    expect(customers.size).toBe(1)
  })

  it('keeps no phone, address or name in the clear', async () => {
    await resolve(test, tenant, [
      {
        source: 's',
        externalId: 'clear',
        phone: '13511112222',
        email: 'secret@mail.example',
        name: '王秘密',
        attributes: { diary: 'dear diary' },
      },
    ])
    const text = JSON.stringify(await dumpTables(test))
    for (const secret of ['13511112222', 'secret@mail.example', '王秘密', 'dear diary']) expect(text).not.toContain(secret)
    const { rows } = await test.relayDb.pool.query("SELECT encode(payload, 'escape') AS text FROM outbox")
    for (const secret of ['13511112222', 'secret@mail.example', '王秘密', 'dear diary']) expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('tells others the values of open fields only', async () => {
    const ctx = contextOf(test, tenant)
    await defineField(ctx, { idempotencyKey: key(), key: 'city', label: '城市', type: 'TEXT', sensitivity: 'NONE' })
    await defineField(ctx, { idempotencyKey: key(), key: 'due_date', label: '预产期', type: 'DATE', sensitivity: 'SENSITIVE' })
    const [{ profileId } = { profileId: '' }] = await resolve(test, tenant, [
      { source: 's', externalId: 'a', attributes: { city: '杭州', due_date: '2026-09-01', shoe: '42' } },
    ])
    const told = (await published(test, CustomerChangedSchema))
      .filter((event) => event.profileId === profileId)
      .flatMap((event) => event.attributes.map((one) => one.key))
    expect(told).toEqual(['city'])
    await expect(
      setAttributes(ctx, { idempotencyKey: key(), profileId, attributes: [{ key: 'due_date', value: 'soon' }] }),
    ).rejects.toMatchObject({ code: 'INVALID' })
  })
})

describe('merge and unmerge', () => {
  it('are exact: every table is as it was but for the log of the decisions, whatever the history', async () => {
    const said = fc.array(
      fc.record({
        source: fc.constantFrom('shop', 'wecom', 'web'),
        externalId: fc.integer({ min: 0, max: 6 }).map(String),
        phone: fc.integer({ min: 0, max: 4 }).map((n) => `1391234000${n}`),
      }),
      { minLength: 2, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(said, fc.nat(), async (claims, pick) => {
        tenant = newId()
        const resolved = await resolve(test, tenant, claims)
        const ids = [...new Set(resolved.map((one) => one.customerId))]
        if (ids.length < 2) return
        const [a, b] = [ids[pick % ids.length]!, ids[(pick + 1) % ids.length]!]
        const before = await dump()
        const first = await merge(a, b)
        expect(await dump()).not.toEqual(before)
        await unmerge(first.decisionId)
        expect(await dump()).toEqual(before)
      }),
      { numRuns: 25 },
    )
  })

  it('move the profiles with a growing version, and lead the old id to the survivor', async () => {
    const [a, b] = await resolve(test, tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    await merge(a!.customerId, b!.customerId)
    const moved = (await published(test, ProfileLinkedSchema)).filter((event) => event.profileId === b!.profileId)
    expect(moved.map((event) => [event.customerId, event.version])).toEqual([
      [b!.customerId, 1n],
      [a!.customerId, 2n],
    ])
    expect((await contextOf(test, tenant).load.customer.load(b!.customerId))?.id).toBe(a!.customerId)
  })

  it('refuse nonsense: itself, twice, a stranger, another tenant, an undone merge', async () => {
    const [a, b, c] = await resolve(
      test,
      tenant,
      ['1', '2', '3'].map((externalId) => ({ source: 's', externalId })),
    )
    const first = await merge(a!.customerId, b!.customerId)
    await expect(merge(a!.customerId, a!.customerId)).rejects.toMatchObject({ code: 'INVALID' })
    await expect(merge(c!.customerId, b!.customerId)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(merge(a!.customerId, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const stranger = contextOf(test, newId())
    await expect(
      mergeCustomers(stranger, { idempotencyKey: key(), survivorId: a!.customerId, absorbedId: c!.customerId, reason: 'x' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await unmerge(first.decisionId)
    await expect(unmerge(first.decisionId)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('by two people at once end in one merge and one refusal', async () => {
    const [a, b] = await resolve(test, tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    const outcomes = await Promise.allSettled([merge(a!.customerId, b!.customerId), merge(b!.customerId, a!.customerId)])
    expect(outcomes.map((one) => one.status).sort((x, y) => (x < y ? -1 : 1))).toEqual(['fulfilled', 'rejected'])
  })

  it('are not undone by a rule: what a person split is left to a person', async () => {
    const [a, b] = await resolve(test, tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    await unmerge((await merge(a!.customerId, b!.customerId)).decisionId)
    await resolve(test, tenant, [{ source: 's', externalId: '1', phone: '13912340001' }])
    const [again] = await resolve(test, tenant, [{ source: 's', externalId: '2', phone: '13912340001' }])
    expect(again!.customerId).toBe(b!.customerId)
    const { rows } = await test.owner.query('SELECT reason FROM review_cases WHERE tenant_id = $1', [tenant])
    expect(rows).toEqual([{ reason: 'SPLIT_BY_A_PERSON' }])
  })
})

describe('tags', () => {
  it('are unique in their group whatever the case and width, and go on a profile once', async () => {
    const ctx = contextOf(test, tenant)
    const group = await createTagGroup(ctx, { idempotencyKey: key(), name: '等级' })
    const tag = await createTag(ctx, { idempotencyKey: key(), groupId: group.id, name: 'VIP' })
    await expect(createTag(ctx, { idempotencyKey: key(), groupId: group.id, name: 'ｖｉｐ' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const [one] = await resolve(test, tenant, [{ source: 's', externalId: '1' }])
    expect(await tagProfiles(ctx, { idempotencyKey: key(), tagId: tag.id, profileIds: [one!.profileId, newId()] })).toEqual({ changed: 1 })
    expect(await tagProfiles(ctx, { idempotencyKey: key(), tagId: tag.id, profileIds: [one!.profileId] })).toEqual({ changed: 0 })
    await expect(
      tagProfiles(contextOf(test, newId()), { idempotencyKey: key(), tagId: tag.id, profileIds: [one!.profileId] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
