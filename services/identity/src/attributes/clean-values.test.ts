import { createLog } from '@renmai/platform/serve/log'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { graphql } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { resolve, ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { convertAttributeField } from '../attribute-jobs/convert-attribute-field.ts'
import { runAttributeJobs } from '../attribute-jobs/run-attribute-jobs.ts'
import { typeDefs } from '../gen/typedefs.ts'
import { resolvers } from '../resolvers.ts'
import { createAttributeField } from './create-attribute-field.ts'
import { releaseAttributes } from './release-attributes.ts'
import { setAttributes } from './set-attributes.ts'

const seed = identitySeed()
const schema = buildSchema([typeDefs], resolvers)
let stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const field = (name: string, more: Wanted = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE', ...more })

async function read(id: string, without?: string) {
  const context = seed.context()
  const scopes = new Set([...context.viewer.scopes].filter((scope) => scope !== without))
  const source = `query ($id: ID!) { customer(id: $id) { attributes { key value original others { value original }
    typed { date money { amount currency } region { code name } } } } }`
  const { data, errors } = await graphql({
    schema,
    source,
    variableValues: { id },
    contextValue: { ...context, viewer: { ...context.viewer, scopes } },
  })
  expect(errors).toBeUndefined()
  type Row = { key: string; value: string | null; original: string | null; typed: Record<string, unknown>[] | null }
  return Object.fromEntries((JSON.parse(JSON.stringify(data)).customer.attributes as Row[]).map((row) => [row.key, row]))
}

describe('a value', () => {
  it('is cleaned by its field, with what was written beside it', async () => {
    await field('met_on', { kind: 'DATE', dateFormats: ['MONTH_DAY_YEAR'] })
    await field('budget', { kind: 'MONEY', currency: 'CNY' })
    await field('second_phone', { kind: 'PHONE', sensitivity: 'PERSONAL' })
    await field('home', { kind: 'REGION' })
    const said = { met_on: '3/4/2024', budget: '¥1,200', second_phone: '０１３９ 1234 5678', home: '广东省深圳市南山区科技园路1号' }
    const { customerId } = await seed.meet({ attributes: said })
    const rows = await read(customerId)
    expect(Object.values(rows).map(({ value, original }) => [value, original])).toEqual([
      ['1200.00 CNY', said.budget],
      ['440305', said.home],
      ['2024-03-04', said.met_on],
      ['+8613912345678', said.second_phone],
    ])
    expect([rows.met_on!.typed![0]!.date, rows.budget!.typed![0]!.money, rows.home!.typed![0]!.region]).toEqual([
      '2024-03-04',
      { amount: '1200.00', currency: 'CNY' },
      { code: '440305', name: '广东省 深圳市 南山区' },
    ])
    const masked = await read(customerId, 'personal:read')
    expect([masked.home, masked.second_phone, masked.met_on].map((row) => [row!.value, row!.original])).toEqual([
      ['440305', null],
      [null, null],
      ['2024-03-04', said.met_on],
    ])
    const { rows: stored } = await seed.test.owner.query('SELECT to_jsonb(v)::text AS text FROM attribute_values v WHERE tenant_id = $1', [
      seed.tenant,
    ])
    expect(stored.filter(({ text }) => /科技园|5678|3.4.2024/.test(text))).toEqual([])
    const told = (await published(seed.test, CustomerChangedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(told.flatMap(({ attributes }) => attributes.map(({ value }) => value)).toSorted()).toEqual([
      '1200.00 CNY',
      '2024-03-04',
      '440305',
    ])
  })

  it('has no original where nothing was cleaned, and the one of the newest spelling otherwise', async () => {
    await field('met_on', { kind: 'DATE', dateFormats: ['DIGITS'] })
    const one = { source: 's', externalId: 'one' }
    const [person] = await resolve(seed.test, seed.tenant, [{ ...one, at: new Date('2026-01-01'), attributes: { met_on: '20240304' } }])
    const original = async () => (await read(person!.customerId)).met_on!.original
    expect(await original()).toBe('20240304')
    await resolve(seed.test, seed.tenant, [{ ...one, at: new Date('2026-01-02'), attributes: { met_on: '2024-03-05' } }])
    expect(await original()).toBeNull()
  })

  it('that a person sets is cleaned as well; a text without a clean value is refused with its reason', async () => {
    await field('met_on', { kind: 'DATE', dateFormats: ['MONTH_DAY_YEAR', 'DAY_MONTH_YEAR'] })
    const { profileId, customerId } = await seed.meet()
    const target = { profileId }
    const set = (value: string) => setAttributes(seed.context(), { idempotencyKey: key(), target, attributes: [{ key: 'met_on', value }] })
    await expect(set('03/04/2024')).rejects.toMatchObject({ code: 'INVALID', details: { reason: 'ATTRIBUTE_DAY_AMBIGUOUS' } })
    await set('13/04/2024')
    expect(await read(customerId)).toMatchObject({ met_on: { value: '2024-04-13', original: '13/04/2024' } })
    await set('2024-04-14')
    expect(await read(customerId)).toMatchObject({ met_on: { value: '2024-04-14', original: null } })
    await set('13/04/2024')
    await releaseAttributes(seed.context(), { idempotencyKey: key(), target, keys: ['met_on'] })
    const { rows } = await seed.test.owner.query('SELECT sealed_original AS original FROM hand_values WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ original: null }])
  })

  it('is read again from what was written when its field declares other formats', async () => {
    const { id: fieldId } = await field('met_on', { kind: 'DATE', dateFormats: ['MONTH_DAY_YEAR'] })
    const { customerId } = await seed.meet({ attributes: { met_on: '03/04/2024' } })
    const deps = { ...seed.test, keyRing: ring, now: () => new Date(), log: createLog('test', 'silent') }
    stops = runQueues(deps, [runAttributeJobs as never]).map(({ stop }) => stop)
    await convertAttributeField(seed.context(), { idempotencyKey: key(), fieldId, kind: 'DATE', dateFormats: ['DAY_MONTH_YEAR'] })
    const both = { value: '2024-04-03', original: '03/04/2024' }
    await eventually(async () => expect(await read(customerId)).toMatchObject({ met_on: both }))
  })

  it('is one option whatever its width and case, and a text is folded as its field states', async () => {
    await field('size', { kind: 'OPTION', options: ['Small', 'Large'] })
    await field('job', { folding: 'WIDTH_AND_CASE' })
    const { customerId } = await seed.meet({ attributes: { size: 'ＬＡＲＧＥ', job: ' Ｃhief　Cook ' } })
    expect(await read(customerId)).toMatchObject({ size: { value: 'Large', original: 'ＬＡＲＧＥ' }, job: { value: 'chief cook' } })
  })
})
