import { buildSchema } from '@renmai/platform/serve/subgraph'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { graphql } from 'graphql'
import { describe, expect, it } from 'vitest'
import { identitySeed } from '../../test/seed.ts'
import { typeDefs } from '../gen/typedefs.ts'
import { resolvers } from '../resolvers.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { releaseAttributes } from './release-attributes.ts'
import { setAttributes } from './set-attributes.ts'

const seed = identitySeed()
const schema = buildSchema([typeDefs], resolvers)
const phone = '13912340077'
const day = (no: number) => new Date(Date.UTC(2026, 0, no))

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const field = (name: string, more: Wanted = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE', ...more })

async function read(id: string, { keys, without = [] }: { keys?: string[]; without?: string[] } = {}) {
  const context = seed.context()
  const scopes = new Set([...context.viewer.scopes].filter((scope) => !without.includes(scope)))
  const source = `query ($id: ID!, $keys: [String!]) { customer(id: $id) { attributes(keys: $keys) {
    key kind value rule others { value } typed { text number unit boolean date source } } } }`
  const contextValue = { ...context, viewer: { ...context.viewer, scopes } }
  const { data, errors } = await graphql({ schema, source, variableValues: { id, keys }, contextValue })
  return errors ? { errors } : { attributes: JSON.parse(JSON.stringify(data)).customer.attributes }
}

describe('typed values', () => {
  it('have the type of their kind, with the unit of the field', async () => {
    await field('height', { kind: 'NUMBER', unit: 'cm' })
    await field('member', { kind: 'BOOLEAN', sensitivity: 'PERSONAL' })
    await field('since', { kind: 'DATE' })
    const { customerId } = await seed.meet({ source: 'web', attributes: { height: '171.5', member: 'true', since: '2026-01-31' } })
    const none = { number: null, unit: null, boolean: null, date: null, source: 'web' }
    const { attributes } = await read(customerId)
    expect(attributes.map(({ kind, typed }: { kind: string; typed: object }) => [kind, typed])).toEqual([
      ['NUMBER', [{ ...none, text: '171.5', number: '171.5', unit: 'cm' }]],
      ['BOOLEAN', [{ ...none, text: 'true', boolean: true }]],
      ['DATE', [{ ...none, text: '2026-01-31', date: '2026-01-31' }]],
    ])
    const masked = await read(customerId, { keys: ['member'], without: ['personal:read'] })
    expect(masked.attributes).toMatchObject([{ key: 'member', value: null, typed: null }])
    expect((await read(customerId, { keys: Array(101).fill('x') })).errors).toMatchObject([{ message: 'At most 100 keys' }])
  })

  it('of a field of many are those of all profiles, with where each comes from, until a person sets a list', async () => {
    await field('interest', { cardinality: 'MANY' })
    const one = await seed.meet({ source: 'web', phone, at: day(1), attributes: { interest: '["tea","milk"]' } })
    await seed.meet({ source: 'shop', phone, at: day(2), attributes: { interest: '["tea","toys"]' } })
    const texts = async () => {
      const [{ value, rule, typed, others }] = (await read(one.customerId)).attributes
      return { value, rule, others, typed: typed.map(({ text, source }: Record<string, string>) => `${source}: ${text}`) }
    }
    const union = { value: '["tea","toys","milk"]', rule: null, typed: ['shop: tea', 'shop: toys', 'web: milk'], others: [] }
    expect(await texts()).toEqual(union)
    const by = { idempotencyKey: key(), target: { profileId: one.profileId } }
    await setAttributes(seed.context(), { ...by, attributes: [{ key: 'interest', value: '["books"]' }] })
    expect(await texts()).toMatchObject({ value: '["books"]', rule: 'BY_HAND' })
    await releaseAttributes(seed.context(), { idempotencyKey: key(), target: { profileId: one.profileId }, keys: ['interest'] })
    expect(await texts()).toEqual(union)
    const told = (await published(seed.test, CustomerChangedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(told).toEqual([])
  })

  it('survive by the rules that their field names', async () => {
    await field('channel', { survivorship: ['OLDEST'] })
    const one = await seed.meet({ source: 'web', phone, at: day(1), attributes: { channel: 'fair' } })
    await seed.meet({ source: 'shop', phone, at: day(2), attributes: { channel: 'advertisement' } })
    expect((await read(one.customerId)).attributes).toMatchObject([{ value: 'fair', rule: 'OLDEST', others: [{ value: 'advertisement' }] }])
  })
})
