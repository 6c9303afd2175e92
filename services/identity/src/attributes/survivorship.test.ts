import { buildSchema } from '@renmai/platform/serve/subgraph'
import { key } from '@renmai/platform/testing/viewers'
import { graphql } from 'graphql'
import { describe, expect, it } from 'vitest'
import { resolve } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { unmergeCustomers } from '../customers/unmerge-customers.ts'
import { typeDefs } from '../gen/typedefs.ts'
import { resolvers } from '../resolvers.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { releaseAttributes } from './release-attributes.ts'
import { setAttributes } from './set-attributes.ts'
import { updateAttributeField } from './update-attribute-field.ts'

const seed = identitySeed()
const schema = buildSchema([typeDefs], resolvers)
const phone = '13912340009'
const day = (no: number) => new Date(Date.UTC(2026, 0, no))

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const field = (name: string, more: Wanted = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE', ...more })
const set = (target: object, name: string, value: string) =>
  setAttributes(seed.context(), { idempotencyKey: key(), target, attributes: [{ key: name, value }] })
const release = (target: object, ...keys: string[]) => releaseAttributes(seed.context(), { idempotencyKey: key(), target, keys })
/** Each source states something about one person, the first one oldest. */
const meet = async (said: Record<string, object>) =>
  (
    await resolve(
      seed.test,
      seed.tenant,
      Object.entries(said).map(([source, what], index) => ({ source, externalId: 'one', phone, at: day(index + 1), ...what })),
    )
  )[0]!

const PARTS = 'value isPersonal source isVerified profileId'
type Value = { key: string; value: string | null; source: string; rule: string | null; others: { value: string | null }[] }
type Read = { displayName: string | null; nameProvenance: Value | null; attributes: (Value & { areOthersCut: boolean })[] }

async function read(id: string, without: string[] = []): Promise<Read> {
  const context = seed.context()
  const scopes = new Set([...context.viewer.scopes].filter((scope) => !without.includes(scope)))
  const names = without.length === 0 ? 'displayName' : ''
  const source = `query ($id: ID!) { customer(id: $id) { ${names} nameProvenance { key rule ${PARTS} others { ${PARTS} } }
    attributes { key rule ${PARTS} areOthersCut others { ${PARTS} } } } }`
  const contextValue = { ...context, viewer: { ...context.viewer, scopes } }
  const { data, errors } = await graphql({ schema, source, variableValues: { id }, contextValue })
  expect(errors).toBeUndefined()
  return JSON.parse(JSON.stringify(data)).customer
}
const outcome = ({ value, rule, others }: Value) => [value, rule, others.map((one) => one.value)]
const cityOf = async (id: string) => (await read(id)).attributes.map(outcome)[0]

describe('the value of a customer', () => {
  it('is the newest; the others are listed with where they come from', async () => {
    await field('city')
    const { customerId } = await meet({
      web: { attributes: { city: '北京' } },
      shop: { attributes: { city: '上海' } },
      'wecom:c': { attributes: { city: '上海' } },
    })
    const [city] = (await read(customerId)).attributes
    expect(city).toMatchObject({ value: '上海', source: 'wecom:c', rule: 'NEWEST', isVerified: false, areOthersCut: false })
    expect(city!.others).toMatchObject([{ value: '北京', source: 'web', isPersonal: false, profileId: expect.any(String) }])
  })

  it('is by the priority of the sources of its field, and a verified one before that', async () => {
    const { id: fieldId } = await field('city', { sourcePriority: ['wecom:', 'shop'] })
    const { customerId } = await meet({
      'wecom:c': { attributes: { city: '北京' } },
      shop: { attributes: { city: '上海' } },
      web: { attributes: { city: '广州' } },
    })
    expect(await cityOf(customerId)).toEqual(['北京', 'SOURCE_PRIORITY', ['上海', '广州']])
    await updateAttributeField(seed.context(), { idempotencyKey: key(), fieldId, sourcePriority: ['shop'] })
    expect(await cityOf(customerId)).toEqual(['上海', 'SOURCE_PRIORITY', ['广州', '北京']])
    await updateAttributeField(seed.context(), { idempotencyKey: key(), fieldId, sourcePriority: [] })
    expect(await cityOf(customerId)).toEqual(['广州', 'NEWEST', ['上海', '北京']])
    await meet({ card: { attributes: { city: '成都' }, isVerified: true } })
    expect(await cityOf(customerId)).toEqual(['成都', 'VERIFIED', ['广州', '上海', '北京']])
  })

  it('is the same for a viewer that may not read it', async () => {
    await field('home', { sensitivity: 'PERSONAL' })
    const at = { at: day(1) }
    const { customerId } = await meet({
      web: { attributes: { home: '西湖区文三路' }, ...at },
      shop: { attributes: { home: '西湖区' }, ...at },
    })
    const [mine, theirs] = [await read(customerId), await read(customerId, ['personal:read'])]
    expect(mine.attributes.map(outcome)).toEqual([['西湖区文三路', 'LONGEST', ['西湖区']]])
    expect(theirs.attributes.map(outcome)).toEqual([[null, 'LONGEST', [null]]])
    expect(theirs.attributes[0]!.source).toBe(mine.attributes[0]!.source)
  })

  it('names at most 20 others, and states when there are more', async () => {
    await field('city')
    const { customerId } = await meet({ web: { attributes: { city: 'first' } } })
    for (let no = 1; no <= 21; no++) {
      const other = await seed.meet({ source: `s${no}`, attributes: { city: `c${no}` } })
      const merged = { idempotencyKey: key(), survivorId: customerId, absorbedId: other.customerId, reason: 'one' }
      await mergeCustomers(seed.context(), merged)
      const [city] = (await read(customerId)).attributes
      expect([city!.others.length, city!.areOthersCut]).toEqual([Math.min(no, 20), no > 20])
    }
  })

  it('follows merges and unmerges, since nothing of it is stored', async () => {
    await field('city')
    const [ann, bob] = [await seed.meet({ attributes: { city: '北京' } }), await seed.meet({ attributes: { city: '上海' }, at: day(9) })]
    await set({ profileId: ann.profileId }, 'city', '南京')
    const both = { survivorId: bob.customerId, absorbedId: ann.customerId, reason: 'one' }
    const { mergeId } = await mergeCustomers(seed.context(), { idempotencyKey: key(), ...both })
    expect(await cityOf(bob.customerId)).toEqual(['南京', 'BY_HAND', ['上海', '北京']])
    await unmergeCustomers(seed.context(), { idempotencyKey: key(), mergeId, reason: 'two' })
    expect([await cityOf(ann.customerId), await cityOf(bob.customerId)]).toEqual([
      ['南京', 'BY_HAND', ['北京']],
      ['上海', null, []],
    ])
  })
})

describe('the name of a customer', () => {
  it('survives by the same rules as a value, and is never open', async () => {
    const { customerId } = await meet({ 'wecom:c': { name: '王小姐' }, web: { name: 'vivi' } })
    expect(await read(customerId)).toMatchObject({ displayName: 'vivi', nameProvenance: { value: 'vivi', source: 'web', rule: 'NEWEST' } })
    await expect(field('display_name')).rejects.toMatchObject({ code: 'INVALID', fields: { sensitivity: expect.any(String) } })
    const { id: fieldId } = await field('display_name', { sensitivity: 'PERSONAL', sourcePriority: ['wecom:'] })
    await expect(updateAttributeField(seed.context(), { idempotencyKey: key(), fieldId, sensitivity: 'NONE' })).rejects.toMatchObject({
      code: 'INVALID',
    })
    const { displayName, nameProvenance, attributes } = await read(customerId)
    expect([displayName, outcome(nameProvenance!), attributes]).toEqual(['王小姐', ['王小姐', 'SOURCE_PRIORITY', ['vivi']], []])
    expect(outcome((await read(customerId, ['personal:read'])).nameProvenance!)).toEqual([null, 'SOURCE_PRIORITY', [null]])
  })

  it('is what a person set until it is released, with or without a registered field', async () => {
    const { customerId } = await meet({ web: { name: 'vivi' } })
    await set({ customerId }, 'display_name', '王薇')
    expect(await read(customerId)).toMatchObject({ displayName: '王薇', nameProvenance: { rule: 'BY_HAND', others: [{ value: 'vivi' }] } })
    await release({ customerId }, 'display_name')
    expect(await read(customerId)).toMatchObject({ displayName: 'vivi', nameProvenance: { rule: null, others: [] } })
  })
})
