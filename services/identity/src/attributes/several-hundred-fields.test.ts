import { withTenant } from '@renmai/platform/db/db'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { profileValues } from '../match-records/match-record.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { listAttributeFields } from './list-attribute-fields.ts'
import { listUnmappedKeys } from './list-unmapped-keys.ts'
import { survivingValues } from './surviving-values.ts'

const seed = identitySeed()
const FIELDS = 600
const nameOf = (no: number) => `field_${String(no).padStart(4, '0')}`

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const field = (name: string, more: Wanted = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE', ...more })
const fill = (number: number) =>
  seed.test.owner.query(
    `INSERT INTO fields (tenant_id, key, label, type, sensitivity)
     SELECT $1, 'field_' || lpad(no::text, 4, '0'), 'Field', 'TEXT', 'NONE' FROM generate_series(1, $2::int) no`,
    [seed.tenant, number],
  )

describe('a tenant with several hundred fields', () => {
  it('stores, publishes and reads all of them, and lists them in pages', async () => {
    await fill(FIELDS)
    const attributes = Object.fromEntries(Array.from({ length: FIELDS }, (_, no) => [nameOf(no + 1), `v${no}`]))
    const { customerId, profileId } = await seed.meet({ phone: '13912340071', attributes: { ...attributes, birthday: '1990-01-01' } })
    const rows = (await seed.context().load.attributes.load(customerId)) ?? []
    expect(survivingValues(ring, seed.tenant, rows)).toHaveLength(FIELDS)
    const told = (await published(seed.test, CustomerChangedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(told.flatMap((event) => event.attributes)).toHaveLength(FIELDS)
    const compared = await withTenant(seed.test.db, seed.tenant, (tx) => profileValues(tx, ring, [profileId]))
    expect(compared.get(profileId)!.map((one) => one.key)).toEqual(['phone'])
    const page = await listAttributeFields(seed.context(), { first: 100, orderBy: { field: 'LABEL' } })
    expect([page.nodes.length, page.pageInfo.hasNextPage]).toEqual([100, true])
  })

  it('has at most a thousand', async () => {
    await fill(999)
    await field('last')
    await expect(field('one_more')).rejects.toMatchObject({ code: 'CONFLICT', details: { reason: 'ATTRIBUTE_FIELDS_FULL' } })
  })
})

describe('keys without a field', () => {
  it('are listed page by page, with the number of their values and their sources', async () => {
    await field('city')
    await seed.meet({ source: 'web', attributes: { 'City name': '杭州', 职业: '教师', city: '杭州' } })
    await seed.meet({ source: 'shop', attributes: { 'City name': '上海' } })
    const list = (args: object) => listUnmappedKeys(seed.context(), args)
    const keys = await list({})
    expect(keys).toMatchObject([
      { key: 'City name', values: 2, isEstimate: false, sources: ['shop', 'web'] },
      { key: '职业', values: 1, sources: ['web'] },
    ])
    expect([(await list({ first: 1 })).length, (await list({ afterKey: 'City name' }))[0]!.key]).toEqual([1, '职业'])
    await expect(list({ first: 101 })).rejects.toMatchObject({ code: 'INVALID', fields: { first: expect.any(String) } })
    expect(await listUnmappedKeys(seed.context(crypto.randomUUID()), {})).toEqual([])
  })
})

describe('a key or an alias', () => {
  it('leads to one field', async () => {
    await field('city', { aliases: ['City name', 'City name', 'town'] })
    await field('job')
    const taken = (name: string) => ({ code: 'CONFLICT', fields: { [name]: expect.any(String) } })
    await expect(field('town')).rejects.toMatchObject(taken('key'))
    await expect(field('place', { aliases: ['job'] })).rejects.toMatchObject(taken('aliases'))
    await expect(field('place', { aliases: ['town'] })).rejects.toMatchObject(taken('aliases'))
    await expect(field('place', { aliases: ['place'] })).rejects.toMatchObject(taken('aliases'))
  })

  it('of a source is stored as a value of its field', async () => {
    await field('city', { aliases: ['City name'] })
    const { customerId } = await seed.meet({ attributes: { 'City name': '杭州' } })
    expect(await seed.context().load.attributes.load(customerId)).toMatchObject([{ key: 'city', value: '杭州' }])
  })

  it('belongs to a kind, which has the parts of its format alone', async () => {
    const wrong: [string, Wanted][] = [
      ['unit', { unit: 'cm' }],
      ['dateFormats', { dateFormats: ['DIGITS'] }],
      ['currency', { currency: 'CNY' }],
      ['currency', { kind: 'MONEY', currency: 'XYZ' }],
      ['folding', { kind: 'NUMBER', folding: 'WIDTH' }],
      ['sensitivity', { kind: 'PHONE' }],
    ]
    for (const [name, more] of wrong)
      await expect(field('city', more)).rejects.toMatchObject({ code: 'INVALID', fields: { [name]: expect.any(String) } })
  })
})
