import { timestampMs } from '@bufbuild/protobuf/wkt'
import { createLog } from '@renmai/platform/serve/log'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { graphql } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { resolve, ring } from '../../test/fixture.ts'
import { identitySeed } from '../../test/seed.ts'
import { archiveAttributeField, restoreAttributeField } from '../attributes/archive-attribute-field.ts'
import { createAttributeField } from '../attributes/create-attribute-field.ts'
import { setAttributes } from '../attributes/set-attributes.ts'
import { updateAttributeField } from '../attributes/update-attribute-field.ts'
import { typeDefs } from '../gen/typedefs.ts'
import { resolvers } from '../resolvers.ts'
import { convertAttributeField } from './convert-attribute-field.ts'
import { listAttributeJobs } from './list-attribute-jobs.ts'
import { runAttributeJobs } from './run-attribute-jobs.ts'

const seed = identitySeed()
const schema = buildSchema([typeDefs], resolvers)
let clock = new Date('2026-06-01T00:00:00Z')
let stops: (() => Promise<unknown>)[] = []
beforeEach(() => {
  clock = new Date('2026-06-01T00:00:00Z')
})
afterEach(stop)

const start = () => {
  const deps = { ...seed.test, keyRing: ring, now: () => clock, log: createLog('test', 'silent') }
  stops = runQueues(deps, [runAttributeJobs as never]).map((queue) => queue.stop)
}
async function stop() {
  for (const one of stops.splice(0)) await one()
}

type Wanted = Partial<Parameters<typeof createAttributeField>[1]>
const field = (name: string, more: Wanted = {}) =>
  createAttributeField(seed.context(), { idempotencyKey: key(), key: name, label: name, kind: 'TEXT', sensitivity: 'NONE', ...more })
const convert = (fieldId: string, more: Partial<Parameters<typeof convertAttributeField>[1]> = {}) =>
  convertAttributeField(seed.context(), { idempotencyKey: key(), fieldId, kind: 'NUMBER', ...more })
const set = (profileId: string, name: string, value: string) =>
  setAttributes(seed.context(), { idempotencyKey: key(), target: { profileId }, attributes: [{ key: name, value }] })
const job = async (id: string) => (await seed.context().load.attributeJob.load(id))!
const ended = async (id: string) => {
  await eventually(async () => expect((await job(id)).endedAt).not.toBeNull())
  return job(id)
}
const allEnded = () =>
  eventually(async () => expect((await listAttributeJobs(seed.context(), { filter: { isEnded: false } })).nodes).toEqual([]))
const valuesOf = async (customerId: string) =>
  ((await seed.context().load.attributes.load(customerId)) ?? []).map(({ value, isByHand }) => (isByHand ? `hand ${value}` : value))
const unmapped = async () =>
  (await seed.test.owner.query('SELECT key FROM unmapped_values WHERE tenant_id = $1 ORDER BY key', [seed.tenant])).rows.map(
    (row) => row.key,
  )
type Fact = { version: bigint; at: number; value: string; isRemoved: boolean }
const isNewer = (a: Fact, b: Fact) => (a.version !== b.version ? a.version > b.version : a.at !== b.at ? a.at > b.at : a.value > b.value)
/** What a consumer keeps of all that was published, by profile: the greatest version, then the latest time, then the greatest text. */
const kept = async () => {
  const facts = new Map<string, Fact>()
  for (const { tenantId, profileId, attributes } of await published(seed.test, CustomerChangedSchema))
    for (const { observedAt, ...rest } of tenantId === seed.tenant ? attributes : []) {
      const [fact, other] = [{ ...rest, at: timestampMs(observedAt!) }, facts.get(profileId)]
      if (!other || isNewer(fact, other)) facts.set(profileId, fact)
    }
  return new Map([...facts].map(([id, { value, isRemoved }]) => [id, isRemoved ? null : value]))
}

describe('a conversion', () => {
  it('converts stored values, sets aside and reports the others, and publishes both', async () => {
    const { id } = await field('height')
    const [good, bad] = [await seed.meet({ attributes: { height: '171' } }), await seed.meet({ attributes: { height: 'tall' } })]
    const hand = await seed.meet({ attributes: { height: '180' } })
    await set(hand.profileId, 'height', 'very tall')
    const { jobId } = await convert(id, { unit: 'cm' })
    expect(await seed.context().load.attributeField.load(id)).toMatchObject({ kind: 'NUMBER', unit: 'cm', version: 2 })
    await expect(set(bad.profileId, 'height', 'small')).rejects.toMatchObject({ code: 'INVALID' })
    start()
    expect(await ended(jobId)).toMatchObject({ kind: 'CONVERT', fieldVersion: 2, done: 2, left: 2, fromFormat: { kind: 'TEXT' } })
    expect([await valuesOf(good.customerId), await valuesOf(bad.customerId), await valuesOf(hand.customerId)]).toEqual([
      ['171'],
      [],
      ['180'],
    ])
    expect(await unmapped()).toEqual(['height', 'height'])
    const facts = await kept()
    expect([good, bad, hand].map(({ profileId }) => facts.get(profileId))).toEqual(['171', null, '180'])
  })

  it('first reports what it would do, with samples, and changes nothing', async () => {
    const { id } = await field('height', { sensitivity: 'PERSONAL' })
    const { profileId, customerId } = await seed.meet({ attributes: { height: 'tall' } })
    const { jobId } = await convert(id, { isReportOnly: true })
    start()
    expect(await ended(jobId)).toMatchObject({ kind: 'REPORT', fieldVersion: 1, done: 0, left: 1 })
    expect(await seed.context().load.attributeField.load(id)).toMatchObject({ kind: 'TEXT', version: 1 })
    expect(await seed.context().load.attributes.load(customerId)).toHaveLength(1)
    const samples = async (without?: string) => {
      const ctx = seed.context()
      const scopes = new Set([...ctx.viewer.scopes].filter((scope) => scope !== without))
      const source = 'query ($id: ID!) { attributeJob(id: $id) { state samples { value isPersonal profileId } } }'
      const { data } = await graphql({
        schema,
        source,
        variableValues: { id: jobId },
        contextValue: { ...ctx, viewer: { ...ctx.viewer, scopes } },
      })
      return (data as { attributeJob: { state: string; samples: unknown[] } }).attributeJob
    }
    expect(await samples()).toMatchObject({ state: 'COMPLETED', samples: [{ value: 'tall', isPersonal: true, profileId }] })
    expect(await samples('personal:read')).toMatchObject({ samples: [{ value: null }] })
  })

  it('brings back what an earlier one has set aside', async () => {
    const { id } = await field('height')
    const { customerId, profileId } = await seed.meet({ attributes: { height: 'tall' } })
    start()
    await ended((await convert(id)).jobId)
    expect(await valuesOf(customerId)).toEqual([])
    await allEnded()
    await convert(id, { kind: 'TEXT' })
    await allEnded()
    expect([await valuesOf(customerId), await unmapped(), (await kept()).get(profileId)]).toEqual([['tall'], [], 'tall'])
  })

  it('to a list ends what is published, and back to one text begins it again', async () => {
    const { id } = await field('interest')
    const { customerId, profileId } = await seed.meet({ attributes: { interest: 'tea' } })
    start()
    await ended((await convert(id, { kind: 'TEXT', cardinality: 'MANY' })).jobId)
    expect([await valuesOf(customerId), (await kept()).get(profileId)]).toEqual([['["tea"]'], null])
    await ended((await convert(id, { kind: 'TEXT' })).jobId)
    expect([await valuesOf(customerId), (await kept()).get(profileId)]).toEqual([['tea'], 'tea'])
    await ended((await convert(id, { kind: 'TEXT', cardinality: 'MANY' })).jobId)
    expect((await kept()).get(profileId)).toBeNull()
  })

  it('walks through more values than a page has, each once', async () => {
    const { id } = await field('height')
    const people = Array.from({ length: 1_100 }, (_, no) => ({
      source: 's',
      externalId: `p${no}`,
      attributes: { height: no % 10 ? `${no}` : 'x' },
    }))
    for (let from = 0; from < people.length; from += 500) await resolve(seed.test, seed.tenant, people.slice(from, from + 500))
    start()
    const { done, left, samples } = await ended((await convert(id)).jobId)
    expect([done, left, samples.length]).toEqual([990, 110, 20])
  })

  it('waits for its turn, and needs another format of an existing field', async () => {
    const { id } = await field('height')
    await expect(convert(id, { kind: 'TEXT' })).rejects.toMatchObject({ code: 'INVALID', fields: { kind: expect.any(String) } })
    await expect(convert(id, { kind: 'OPTION' })).rejects.toMatchObject({ code: 'INVALID', fields: { options: expect.any(String) } })
    await convert(id, { expectedVersion: 1 })
    await expect(convert(id, { kind: 'DATE' })).rejects.toMatchObject({ details: { reason: 'ATTRIBUTE_JOB_UNFINISHED' } })
    await expect(convert(crypto.randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { id: name } = await field('display_name', { sensitivity: 'PERSONAL' })
    await expect(convert(name, { kind: 'TEXT', cardinality: 'MANY' })).rejects.toMatchObject({
      details: { reason: 'NAME_IS_PERSONAL_TEXT' },
    })
  })
})

describe('values that were set aside', () => {
  it('are stored when their field is registered, gets their key as an alias, or is restored', async () => {
    start()
    const { customerId, profileId } = await seed.meet({ attributes: { city: '杭州', 'Shoe size': '42' } })
    const { id: city } = await field('city')
    await allEnded()
    expect([await valuesOf(customerId), await unmapped()]).toEqual([['杭州'], ['Shoe size']])
    const { id: size } = await field('size', { kind: 'NUMBER' })
    await updateAttributeField(seed.context(), { idempotencyKey: key(), fieldId: size, aliases: ['Shoe size'] })
    await allEnded()
    expect([await valuesOf(customerId), await unmapped()]).toEqual([['杭州', '42'], []])
    await archiveAttributeField(seed.context(), { idempotencyKey: key(), fieldId: city })
    await resolve(seed.test, seed.tenant, [{ source: 't', externalId: 'x', attributes: { city: '上海' } }])
    await restoreAttributeField(seed.context(), { idempotencyKey: key(), fieldId: city })
    await allEnded()
    expect(await unmapped()).toEqual([])
    expect((await kept()).has(profileId)).toBe(true)
  })
})

describe('the retention of a field', () => {
  it('ends values that are older, those of people as well, and publishes that; a newer one stays', async () => {
    const { id } = await field('budget', { retentionDays: 30 })
    const at = (day: string) => new Date(`2026-${day}T00:00:00Z`)
    const old = await seed.meet({ at: at('04-01'), attributes: { budget: 'high' } })
    const young = await seed.meet({ at: at('05-20'), attributes: { budget: 'low' } })
    const hand = await seed.meet({ at: at('05-20'), attributes: { budget: 'middle' } })
    await set(hand.profileId, 'budget', 'huge')
    await seed.test.owner.query("UPDATE hand_values SET set_at = '2026-04-01' WHERE tenant_id = $1", [seed.tenant])
    start()
    await eventually(async () => expect(await valuesOf(old.customerId)).toEqual([]))
    await eventually(async () => expect(await valuesOf(hand.customerId)).toEqual(['middle']))
    expect([await valuesOf(young.customerId), await unmapped()]).toEqual([['low'], []])
    const facts = await kept()
    expect([old, young, hand].map(({ profileId }) => facts.get(profileId))).toEqual([null, 'low', 'middle'])
    const jobs = async () => (await listAttributeJobs(seed.context(), { filter: { fieldId: id, kinds: ['EXPIRE'] } })).nodes
    await eventually(async () => expect(await jobs()).toMatchObject([{ endedAt: null, stage: 'SOURCES', position: null, done: 2 }]))
    await updateAttributeField(seed.context(), { idempotencyKey: key(), fieldId: id, retentionDays: 0 })
    expect(await jobs()).toMatchObject([{ endedAt: expect.any(Date) }])
    expect(await seed.context().load.attributeField.load(id)).toMatchObject({ retentionDays: null })
  })
})
