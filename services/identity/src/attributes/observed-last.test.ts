import { open } from '@renmai/platform/secrets/crypto'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { resolve, ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { placeOf } from '../contact-cards/store-contact-cards.ts'
import { createAttributeField } from './create-attribute-field.ts'

const seed = identitySeed()
const day = (no: number) => new Date(Date.UTC(2026, 0, no))
const said = (no: number, attributes: Record<string, string>, name = '') => ({
  source: 's',
  externalId: 'one',
  at: day(no),
  attributes,
  name,
})
const field = (name: string) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE' })

const values = async () => {
  const { rows } = await seed.test.owner.query('SELECT key, value FROM attribute_values WHERE tenant_id = $1 ORDER BY key', [seed.tenant])
  return Object.fromEntries(rows.map((row) => [row.key, row.value]))
}
const unmapped = async () =>
  (await seed.test.owner.query<{ at: Date }>('SELECT observed_at AS at FROM unmapped_values WHERE tenant_id = $1', [seed.tenant])).rows.map(
    ({ at }) => at,
  )
const told = async () =>
  (await published(seed.test, CustomerChangedSchema))
    .filter((one) => one.tenantId === seed.tenant)
    .map((one) => Object.fromEntries(one.attributes.map(({ key: name, value }) => [name, value])))
const nameOf = async () => {
  const { rows } = await seed.test.owner.query(
    "SELECT profile_id, sealed FROM contact_cards WHERE tenant_id = $1 AND field = 'display_name'",
    [seed.tenant],
  )
  return open(ring, seed.tenant, placeOf('display_name', rows[0].profile_id), rows[0].sealed)
}

describe('of several observations', () => {
  it('of one batch each field keeps the value that was observed last, whatever their order, and that one is published', async () => {
    await field('city')
    await field('size')
    await resolve(seed.test, seed.tenant, [
      said(3, { city: '上海' }, '王三'),
      said(5, { size: 'L' }),
      said(1, { city: '北京', size: 'S' }, '王一'),
    ])
    expect(await values()).toEqual({ city: '上海', size: 'L' })
    expect(await told()).toEqual([{ city: '上海', size: 'L' }])
    expect(await nameOf()).toBe('王三')
  })

  it('one that arrives late replaces nothing newer and is not published', async () => {
    await field('city')
    await resolve(seed.test, seed.tenant, [said(3, { city: '上海' }, '王三')])
    await resolve(seed.test, seed.tenant, [said(1, { city: '北京' }, '王一')])
    expect(await values()).toEqual({ city: '上海' })
    expect(await told()).toEqual([{ city: '上海' }])
    expect(await nameOf()).toBe('王三')
  })

  it('one that does not fit its field is set aside, and does not replace one that fits, in every order', async () => {
    await createAttributeField(seed.context(), { idempotencyKey: key(), key: 'age', label: 'age', kind: 'NUMBER', sensitivity: 'NONE' })
    const claims = [said(3, { age: 'unknown' }), said(1, { age: '42' }), said(2, { age: '' })]
    for (const batches of [[claims], [claims.toReversed()], claims.map((one) => [one]), claims.toReversed().map((one) => [one])]) {
      for (const table of ['attribute_values', 'unmapped_values'])
        await seed.test.owner.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [seed.tenant])
      for (const batch of batches) await resolve(seed.test, seed.tenant, batch)
      expect(await values()).toEqual({ age: '42' })
      expect((await unmapped()).map((at) => at.getTime())).toEqual([day(3).getTime()])
    }
    await resolve(seed.test, seed.tenant, [said(4, { age: '43' })])
    expect([await values(), await unmapped()]).toEqual([{ age: '43' }, []])
  })

  it('of one moment one of them wins in every order, in one batch or in several', async () => {
    await field('city')
    const claims = ['北京', '上海', '广州'].map((city) => said(1, { city }, city))
    const outcomes: string[] = []
    for (const batches of [[claims], [claims.toReversed()], claims.map((one) => [one]), claims.toReversed().map((one) => [one])]) {
      await seed.test.owner.query('DELETE FROM attribute_values WHERE tenant_id = $1', [seed.tenant])
      await seed.test.owner.query('DELETE FROM contact_cards WHERE tenant_id = $1', [seed.tenant])
      for (const batch of batches) await resolve(seed.test, seed.tenant, batch)
      outcomes.push((await values()).city!, await nameOf())
    }
    expect(new Set(outcomes).size).toBe(1)
  })
})
