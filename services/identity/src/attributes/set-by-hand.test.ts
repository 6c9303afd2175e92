import { fromBinary } from '@bufbuild/protobuf'
import { timestampDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key, testClock } from '@renmai/platform/testing/viewers'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { contextOf, resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { lockGraph } from '../graph/graph.ts'
import { attributes } from './attribute.snapshots.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { releaseAttributes } from './release-attributes.ts'
import { setAttributes } from './set-attributes.ts'
import { updateAttributeField } from './update-attribute-field.ts'

const seed = identitySeed()
const clock = testClock(new Date('2026-03-01T00:00:00Z'))
const context = () => contextOf(seed.test, seed.tenant, clock.now)

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const field = (more: Wanted = {}) =>
  createAttributeField(context(), { idempotencyKey: key(), key: 'city', label: 'City', kind: 'TEXT', sensitivity: 'NONE', ...more })
const set = (target: object, value: string) =>
  setAttributes(context(), { idempotencyKey: key(), target, attributes: [{ key: 'city', value }] })
const release = (target: object) => releaseAttributes(context(), { idempotencyKey: key(), target, keys: ['city'] })
const observe = async (city: string, at: Date, source = 's') =>
  (await resolve(seed.test, seed.tenant, [{ source, externalId: 'one', attributes: { city }, at }]))[0]!

type Fact = { value: string | null; version: number; at: string }
const factOf = (one: { value: string; isRemoved: boolean; version: bigint; observedAt?: Parameters<typeof timestampDate>[0] }): Fact => ({
  value: one.isRemoved ? null : one.value,
  version: Number(one.version),
  at: timestampDate(one.observedAt!).toISOString(),
})
const facts = async () =>
  (await published(seed.test, CustomerChangedSchema))
    .filter((one) => one.tenantId === seed.tenant)
    .flatMap((one) => one.attributes.map(factOf))
/** The value that a consumer of all facts keeps, whatever their order. */
const kept = async () => (await facts()).toSorted((a, b) => b.version - a.version || Number(a.at < b.at) - Number(a.at > b.at))[0]?.value
const resent = (since: Date | null = null) =>
  withTenant(seed.test.db, seed.tenant, async (tx) => {
    const all: Fact[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const { payloads, last }: { payloads: Uint8Array[]; last: string | null } = await attributes.read(tx, {
        after: after ?? null,
        limit: 1,
        since,
      })
      all.push(...payloads.flatMap((one) => fromBinary(CustomerChangedSchema, one).attributes.map(factOf)))
      after = last
    }
    return all
  })

describe('a value that a person set', () => {
  it('holds against every later observation, and what was observed meanwhile counts after its release', async () => {
    await field()
    const { profileId } = await observe('北京', new Date('2026-01-01'))
    await set({ profileId }, '南京')
    await observe('上海', new Date('2026-05-01'))
    expect([await kept(), await resent()]).toEqual(['南京', [expect.objectContaining({ value: '南京', version: 1 })]])
    await release({ profileId })
    expect(await kept()).toBe('上海')
    // Older than the release, and newer than what the source stated before.
    await observe('广州', new Date('2026-05-02'))
    expect(await kept()).toBe('广州')
    await observe('成都', new Date('2026-04-01'))
    expect(await kept()).toBe('广州')
    expect((await facts()).map(({ value, version }) => [value, version])).toEqual([
      ['北京', 0],
      ['南京', 1],
      ['上海', 2],
      ['广州', 2],
    ])
    expect((await resent()).map(({ value, version }) => [value, version])).toEqual([['广州', 2]])
  })

  it('leaves none after its release where no source states one', async () => {
    await field()
    const { profileId } = await seed.meet()
    await set({ profileId }, '南京')
    clock.advance(1_000)
    await release({ profileId })
    expect(await facts()).toMatchObject([
      { value: '南京', version: 1 },
      { value: null, version: 2, at: clock.now().toISOString() },
    ])
    expect(await resent(clock.now())).toMatchObject([{ value: null, version: 2 }])
    clock.advance(1_000)
    expect(await resent(clock.now())).toEqual([])
    await set({ profileId }, '苏州')
    expect(await kept()).toBe('苏州')
  })

  it('is released on all profiles of a customer, once, and one by one', async () => {
    await field()
    const [ann, bob] = [await seed.meet(), await seed.meet()]
    for (const { profileId } of [ann, bob]) await set({ profileId }, '南京')
    await mergeCustomers(context(), { idempotencyKey: key(), survivorId: ann.customerId, absorbedId: bob.customerId, reason: 'one' })
    await release({ profileId: bob.profileId })
    await set({ profileId: bob.profileId }, '苏州')
    expect(await release({ customerId: bob.customerId })).toEqual({ customerId: ann.customerId })
    expect(await context().load.attributes.load(ann.customerId)).toBeUndefined()
    await expect(release({ customerId: ann.customerId })).rejects.toMatchObject({ code: 'CONFLICT', fields: { keys: expect.any(String) } })
    await expect(release({ customerId: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('of a personal field is sealed, and never published', async () => {
    await field({ sensitivity: 'PERSONAL' })
    const { profileId } = await observe('北京', new Date('2026-01-01'))
    await set({ profileId }, '南京')
    const { rows } = await seed.test.owner.query('SELECT value, sealed FROM hand_values WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ value: null, sealed: expect.any(Buffer) }])
    await release({ profileId })
    expect([await facts(), await resent()]).toEqual([[], []])
  })

  it('keeps its field from changes that would make it wrong, until it is released', async () => {
    const { id: fieldId } = await field({ kind: 'OPTION', options: ['a', 'b'] })
    const { profileId } = await seed.meet()
    await set({ profileId }, 'a')
    const update = (change: object) => updateAttributeField(context(), { idempotencyKey: key(), fieldId, ...change })
    await expect(update({ options: ['b'] })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(update({ sensitivity: 'PERSONAL' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await release({ profileId })
    await update({ options: ['b'], sensitivity: 'PERSONAL' })
  })

  it('by the release before is moved when it is set or released', async () => {
    await field()
    const { profileId, customerId } = await observe('北京', new Date('2026-01-01'))
    const earlier = () =>
      seed.test.owner.query("UPDATE attribute_values SET source = 'staff:x', value = '南京' WHERE profile_id = $1", [profileId])
    await earlier()
    expect(await context().load.attributes.load(customerId)).toMatchObject([{ value: '南京', isByHand: true }])
    await release({ customerId })
    expect(await context().load.attributes.load(customerId)).toBeUndefined()
    expect(await facts()).toMatchObject([{ value: '北京' }, { value: null, version: 2 }])
    await observe('上海', new Date('2026-01-02'))
    await earlier()
    await set({ profileId }, '苏州')
    expect(await context().load.attributes.load(customerId)).toMatchObject([{ value: '苏州' }])
  })

  it('is released only after a batch of a source that is being stored, whose value is published then', async () => {
    await field()
    const { profileId } = await observe('北京', new Date('2026-01-01'))
    await set({ profileId }, '南京')
    let released: Promise<unknown> | undefined
    await withTenant(seed.test.db, seed.tenant, async (tx) => {
      await lockGraph(tx)
      released = release({ profileId })
      await eventually(async () => {
        const { rows } = await seed.test.owner.query(
          `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
           WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`,
        )
        expect(rows).toHaveLength(1)
      })
      await tx.client.query("UPDATE attribute_values SET value = '上海', observed_at = '2026-02-01' WHERE profile_id = $1", [profileId])
    })
    await released
    expect(await kept()).toBe('上海')
  })
})
