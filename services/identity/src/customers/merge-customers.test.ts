import { timestampDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { MERGE_LOGS } from '@renmai/platform/testing/merge-logs'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerSplitSchema, CustomersMergedSchema, ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { mergeCustomers } from './merge-customers.ts'
import { unmergeCustomers } from './unmerge-customers.ts'

const seed = identitySeed()

const merge = (survivorId: string, absorbedId: string) =>
  mergeCustomers(seed.context(), { idempotencyKey: key(), survivorId, absorbedId, reason: 'test' })
const unmerge = (mergeId: string) => unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason: 'test' })
const dump = () => dumpTables(seed.test, [...MERGE_LOGS])

describe('merge and unmerge', () => {
  it('are exact: every table except the merge history is as it was, whatever the history', async () => {
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
        seed.tenant = newId()
        const resolved = await resolve(seed.test, seed.tenant, claims)
        const ids = [...new Set(resolved.map((one) => one.customerId))]
        if (ids.length < 2) return
        const [a, b] = [ids[pick % ids.length]!, ids[(pick + 1) % ids.length]!]
        const before = await dump()
        const first = await merge(a, b)
        expect(await dump()).not.toEqual(before)
        await unmerge(first.mergeId)
        expect(await dump()).toEqual(before)
      }),
      { numRuns: 25 },
    )
  })

  it('move the profiles with an increasing version, and lead the old id to the survivor', async () => {
    const [a, b] = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    await merge(a!.customerId, b!.customerId)
    const moved = (await published(seed.test, ProfileLinkedSchema)).filter((event) => event.profileId === b!.profileId)
    expect(moved.map((event) => [event.customerId, event.version])).toEqual([
      [b!.customerId, 1n],
      [a!.customerId, 2n],
    ])
    expect((await seed.context().load.customer.load(b!.customerId))?.id).toBe(a!.customerId)
  })

  it('are published with their time, and with the number of times that the customer was absorbed or restored', async () => {
    const [a, b] = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    await unmerge((await merge(a!.customerId, b!.customerId)).mergeId)
    await merge(b!.customerId, a!.customerId)
    const mine = <T extends { tenantId: string }>(events: T[]) => events.filter(({ tenantId }) => tenantId === seed.tenant)
    const [merges, splits] = [
      mine(await published(seed.test, CustomersMergedSchema)),
      mine(await published(seed.test, CustomerSplitSchema)),
    ]
    expect(merges.map(({ absorbedId, version }) => [absorbedId, version])).toEqual([
      [b!.customerId, 1n],
      [a!.customerId, 1n],
    ])
    expect(splits.map(({ restoredId, version }) => [restoredId, version])).toEqual([[b!.customerId, 2n]])
    const { rows } = await seed.test.owner.query<{ id: string; at: Date }>('SELECT id, at FROM customer_decisions WHERE tenant_id = $1', [
      seed.tenant,
    ])
    const times = new Map(rows.map(({ id, at }) => [id, at]))
    for (const { decisionId, at } of [...merges, ...splits]) expect(timestampDate(at!)).toEqual(times.get(decisionId))
  })

  it('refuse invalid pairs: itself, twice, an unknown one, another tenant, an undone merge', async () => {
    const [a, b, c] = await resolve(
      seed.test,
      seed.tenant,
      ['1', '2', '3'].map((externalId) => ({ source: 's', externalId })),
    )
    const first = await merge(a!.customerId, b!.customerId)
    await expect(merge(a!.customerId, a!.customerId)).rejects.toMatchObject({ code: 'INVALID' })
    await expect(merge(c!.customerId, b!.customerId)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(merge(a!.customerId, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const stranger = seed.context(newId())
    await expect(
      mergeCustomers(stranger, { idempotencyKey: key(), survivorId: a!.customerId, absorbedId: c!.customerId, reason: 'x' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await unmerge(first.mergeId)
    await expect(unmerge(first.mergeId)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('by two people concurrently end in one merge and one refusal', async () => {
    const [a, b] = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    const outcomes = await Promise.allSettled([merge(a!.customerId, b!.customerId), merge(b!.customerId, a!.customerId)])
    expect(outcomes.map((one) => one.status).sort((x, y) => (x < y ? -1 : 1))).toEqual(['fulfilled', 'rejected'])
  })

  it('are not undone by a rule: a pair that a person has split is left to a person', async () => {
    const [a, b] = await resolve(seed.test, seed.tenant, [
      { source: 's', externalId: '1' },
      { source: 's', externalId: '2' },
    ])
    await unmerge((await merge(a!.customerId, b!.customerId)).mergeId)
    await resolve(seed.test, seed.tenant, [{ source: 's', externalId: '1', phone: '13912340001' }])
    const [again] = await resolve(seed.test, seed.tenant, [{ source: 's', externalId: '2', phone: '13912340001' }])
    expect(again!.customerId).toBe(b!.customerId)
    const { rows } = await seed.test.owner.query('SELECT reason FROM review_cases WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ reason: 'SPLIT_BY_A_PERSON' }])
  })
})
