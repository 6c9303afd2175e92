import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { resolve, ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { archiveAttributeField, restoreAttributeField } from './archive-attribute-field.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { listAttributeFields } from './list-attribute-fields.ts'
import { setAttributes } from './set-attributes.ts'
import { storeAttributes } from './store-attributes.ts'
import { updateAttributeField } from './update-attribute-field.ts'

const seed = identitySeed()

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const create = (name: string, more: Wanted = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE', ...more })
const update = (fieldId: string, change: object) => updateAttributeField(seed.context(), { idempotencyKey: key(), fieldId, ...change })
const set = (target: object, name: string, value: string) =>
  setAttributes(seed.context(), { idempotencyKey: key(), target, attributes: [{ key: name, value }] })
const read = async (id: string) => (await seed.context().load.attributeField.load(id))!
const valuesOf = async (customerId: string) => ((await seed.context().load.attributes.load(customerId)) ?? []).map((row) => row.key)

/** Number of transactions that wait for the lock of another. */
async function waiting(): Promise<number> {
  const { rows } = await seed.test.owner.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_locks JOIN pg_database ON pg_database.oid = database
     WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`,
  )
  return rows[0]!.n
}

describe('a field', () => {
  it('is registered once for its key, with options only where its kind has some', async () => {
    await create('city')
    await expect(create('city')).rejects.toMatchObject({ code: 'CONFLICT', fields: { key: expect.any(String) } })
    await expect(create('size', { kind: 'OPTION' })).rejects.toMatchObject({ code: 'INVALID', fields: { options: expect.any(String) } })
    await expect(create('size', { options: ['S'] })).rejects.toMatchObject({ code: 'INVALID', fields: { options: expect.any(String) } })
    const { id } = await create('size', { kind: 'OPTION', options: ['S', 'M', 'S'] })
    expect(await read(id)).toMatchObject({ kind: 'OPTION', options: ['S', 'M'], version: 1, archivedAt: null })
  })

  it('changes its label, and its options as far as no profile has a removed one', async () => {
    const { id } = await create('size', { kind: 'OPTION', options: ['S', 'M', 'L'] })
    const { profileId } = await seed.meet()
    await set({ profileId }, 'size', 'M')
    await update(id, { label: '尺码', options: ['M', 'L', 'XL'], expectedVersion: 1 })
    expect(await read(id)).toMatchObject({ label: '尺码', options: ['M', 'L', 'XL'], version: 2 })
    await expect(update(id, { options: ['XL'] })).rejects.toMatchObject({ code: 'CONFLICT', fields: { options: expect.any(String) } })
    await expect(update(id, { label: 'x', expectedVersion: 1 })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(update(id, {})).rejects.toMatchObject({ code: 'INVALID' })
    await expect(update(newId(), { label: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('removes no option of encrypted values, whose text it does not read', async () => {
    const { id } = await create('size', { kind: 'OPTION', options: ['S', 'M'], sensitivity: 'PERSONAL' })
    const { profileId } = await seed.meet()
    await update(id, { options: ['S'] })
    await set({ profileId }, 'size', 'S')
    await update(id, { options: ['S', 'L'] })
    await expect(update(id, { options: ['S'] })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('becomes personal, or not personal any more, only while no value is stored', async () => {
    const { id } = await create('city')
    const { profileId } = await seed.meet()
    await update(id, { sensitivity: 'PERSONAL' })
    await set({ profileId }, 'city', '杭州')
    await update(id, { sensitivity: 'SENSITIVE' })
    await expect(update(id, { sensitivity: 'NONE' })).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { sensitivity: expect.any(String) },
    })
    expect(await read(id)).toMatchObject({ sensitivity: 'SENSITIVE' })
  })

  it('becomes personal only after the batch of a source that has read it as it was', async () => {
    const { id } = await create('city')
    const { profileId, customerId } = await seed.meet()
    let changed: Promise<unknown> | undefined
    await withTenant(seed.test.db, seed.tenant, async (tx) => {
      await tx.client.query("SELECT pg_advisory_xact_lock(hashtext('resolve'), hashtext($1))", [tx.tenantId])
      changed = update(id, { sensitivity: 'PERSONAL' })
      changed.catch(() => undefined)
      await eventually(async () => expect(await waiting()).toBe(1))
      await storeAttributes(tx, ring, [{ profileId, customerId, key: 'city', value: '杭州', source: 's', observedAt: new Date() }])
    })
    await expect(changed).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('that is archived takes no new value and keeps the stored ones', async () => {
    const { id: fieldId } = await create('city')
    const [ann, bob] = [await seed.meet({ attributes: { city: '杭州' } }), await seed.meet()]
    await archiveAttributeField(seed.context(), { idempotencyKey: key(), fieldId })
    await expect(set({ profileId: bob.profileId }, 'city', '上海')).rejects.toMatchObject({
      code: 'INVALID',
      fields: { city: expect.any(String) },
    })
    const [eve] = await resolve(seed.test, seed.tenant, [{ source: 's', externalId: 'eve', attributes: { city: '上海' } }])
    expect([await valuesOf(ann.customerId), await valuesOf(eve!.customerId)]).toEqual([['city'], []])
    expect((await listAttributeFields(seed.context(), {})).nodes).toEqual([])
    expect((await listAttributeFields(seed.context(), { filter: { isArchived: true } })).nodes).toMatchObject([{ key: 'city' }])
    await restoreAttributeField(seed.context(), { idempotencyKey: key(), fieldId })
    await set({ profileId: bob.profileId }, 'city', '上海')
    expect(await valuesOf(bob.customerId)).toEqual(['city'])
  })

  it('is listed by key, filtered by kind, protection and label', async () => {
    await create('b', { kind: 'NUMBER', label: 'Height' })
    await create('a', { sensitivity: 'PERSONAL', label: 'Home' })
    const keys = async (filter: object) => (await listAttributeFields(seed.context(), { filter })).nodes.map((field) => field.key)
    expect(await keys({})).toEqual(['a', 'b'])
    expect([
      await keys({ kinds: ['NUMBER', 'DATE'] }),
      await keys({ sensitivities: ['PERSONAL'] }),
      await keys({ labelContains: 'HEI' }),
    ]).toEqual([['b'], ['a'], ['b']])
    await expect((async () => keys({ kinds: Array(101).fill('DATE') }))()).rejects.toMatchObject({ code: 'INVALID' })
  })
})

describe('values for a customer', () => {
  it('belong to the oldest of its profiles; a customer that does not exist is refused', async () => {
    await create('city')
    const phone = '13912340006'
    const ann = await seed.meet({ phone })
    await seed.meet({ phone })
    expect(await set({ customerId: ann.customerId }, 'city', '杭州')).toEqual({ customerId: ann.customerId })
    expect(await seed.context().load.attributes.load(ann.customerId)).toMatchObject([{ profileId: ann.profileId, value: '杭州' }])
    for (const [name, target] of Object.entries({ customerId: { customerId: newId() }, profileId: { profileId: newId() } }))
      await expect(set(target, 'city', 'x')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        fields: { [`target.${name}`]: expect.any(String) },
      })
    await expect(set({}, 'city', 'x')).rejects.toMatchObject({ code: 'INVALID' })
  })
})
