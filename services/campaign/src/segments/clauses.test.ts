import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { OrdersChangedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { CustomerChangedSchema, ProfileLinkedSchema, TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { KINDS, matches, type Person, TAGS, TYPES, ZONE } from '../../test/clause-model.ts'
import { handlers } from '../handlers.ts'
import { campaign } from '../service.ts'
import { definitionSchema } from './clause.rules.ts'
import { compileClause, HAS_PROFILE } from './compile-clause.rules.ts'

const NOW = new Date('2026-06-15T04:00:00.000Z')
const PEOPLE = 60
const SHOP = { platform: 'P', shopId: 's' }
const tenant = newId()

/** They include days at which a window of 1, 7 or 30 days begins or ends in the zone. */
const moment = fc
  .record({ daysAgo: fc.constantFrom(0, 1, 2, 6, 7, 8, 29, 30, 31, 90), hour: fc.constantFrom(0, 3, 4, 5, 15, 16, 17, 23) })
  .map(({ daysAgo, hour }) => new Date(NOW.getTime() - daysAgo * 86_400_000 + (hour - 4) * 3_600_000))
const record = fc.record({
  id: fc.constant(null).map(() => newId()),
  attributes: fc.array(
    fc.record({
      key: fc.constantFrom('city', 'age'),
      value: fc.constantFrom('杭州', '上海', '9', '30', '30.5', '-1', '123456789012345.25', '30.', ''),
      at: moment,
    }),
    { maxLength: 4 },
  ),
  tags: fc.uniqueArray(fc.record({ tagId: fc.constantFrom(...TAGS), isOn: fc.boolean() }), {
    maxLength: 2,
    selector: ({ tagId }) => tagId,
  }),
  orders: fc.array(
    fc.record({
      orderKey: fc.constant(null).map(() => newId()),
      paidAt: fc.option(moment, { freq: 4 }),
      currency: fc.constantFrom('CNY', 'CNY', 'JPY'),
      totalMinor: fc.constantFrom(0, 1, 500, 10_000),
      refundedMinor: fc.constantFrom(0, 0, 500),
    }),
    { maxLength: 4 },
  ),
  documents: fc.array(
    fc.record({
      /** Place of the parent among the orders. */
      parent: fc.option(fc.nat(3)),
      isAnonymous: fc.boolean(),
      currency: fc.constantFrom('CNY', 'JPY'),
      refundedMinor: fc.constantFrom(1, 500, 10_000),
      at: moment,
    }),
    { maxLength: 2 },
  ),
  touchpoints: fc.array(fc.record({ type: fc.constantFrom(...TYPES), at: moment }), { maxLength: 6 }),
})
const profile = record.map(({ documents, ...rest }) => ({
  ...rest,
  documents: documents.map(({ parent, ...one }) => ({ ...one, parentKey: rest.orders[parent ?? -1]?.orderKey ?? 'unknown' })),
}))
const person: fc.Arbitrary<Person> = fc.record({
  customerId: fc.constant(null).map(() => newId()),
  profiles: fc.array(profile, { minLength: 1, maxLength: 2 }),
  rfmClass: fc.option(fc.constantFrom('KEY_VALUE', 'KEY_RETAIN', 'GENERAL_VALUE')),
})

let test: TestDatabase
let people: Person[]
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), campaign)
  people = fc.sample(person, { numRuns: PEOPLE, seed: 16 })
  await withTenant(test.db, tenant, (tx) => rememberTenant(tx, { tenantId: tenant, zone: ZONE, currency: 'CNY' }))
  await deliver(test.db, 'campaign', handlers, people.flatMap(eventsOf))
})
afterAll(() => test.drop())

function eventsOf({ customerId, profiles, rfmClass }: Person) {
  const at = (date: Date) => timestampFromDate(date)
  const told = profiles.flatMap(({ id: profileId, attributes, tags, orders, documents, touchpoints }) => [
    event(ProfileLinkedSchema, tenant, { profileId, customerId, version: 1n }),
    event(CustomerChangedSchema, tenant, {
      profileId,
      customerId,
      attributes: attributes.map(({ key, value, at: observedAt }) => ({ key, value, observedAt: at(observedAt) })),
    }),
    ...tags.map(({ tagId, isOn }) => event(isOn ? TagAddedSchema : TagRemovedSchema, tenant, { profileId, tagId, at: at(NOW) })),
    event(OrdersChangedSchema, tenant, {
      orders: documents.map(({ parentKey, isAnonymous, currency, refundedMinor, at: refundedAt }) => ({
        orderId: newId(),
        ...SHOP,
        profileId: isAnonymous ? '' : profileId,
        parentOrderKey: parentKey,
        isRefundDocument: true,
        currency,
        refundedMinor: BigInt(refundedMinor),
        refundedAt: at(refundedAt),
        version: 1n,
      })),
    }),
    event(OrdersChangedSchema, tenant, {
      orders: orders.map(({ orderKey, paidAt, currency, totalMinor, refundedMinor }) => ({
        orderId: newId(),
        ...SHOP,
        orderKey,
        profileId,
        currency,
        totalMinor: BigInt(totalMinor),
        refundedMinor: BigInt(refundedMinor),
        paidAt: paidAt ? at(paidAt) : undefined,
        version: 1n,
      })),
    }),
    event(TouchpointsRecordedSchema, tenant, {
      touchpoints: touchpoints.map(({ type, at: occurredAt }) => ({
        touchpointId: newId(),
        profileId,
        type,
        channel: 'WEB',
        occurredAt: at(occurredAt),
      })),
    }),
  ])
  const changes = rfmClass ? [{ customerId, rfmClass: RfmClass[rfmClass as keyof typeof RfmClass] }] : []
  return [...told, event(RfmClassChangedSchema, tenant, { runId: newId(), runNumber: 1n, changes })]
}

const { clause } = fc.letrec((tie) => {
  const group = fc.oneof(
    fc.record({ all: fc.array(tie('clause'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('clause'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('clause') }),
  )
  return { clause: fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...Object.values(KINDS), group) }
})

async function whoMatches(definition: unknown): Promise<string[]> {
  const { sql, params } = compileClause(definitionSchema.parse(definition))
  const { rows } = await withTenant(test.db, tenant, (tx) =>
    tx.client.query<{ id: string }>(
      `SELECT c.id FROM (SELECT DISTINCT customer_id AS id FROM profile_customers WHERE tenant_id = $1) c
       WHERE $2::timestamptz IS NOT NULL AND $3::text IS NOT NULL AND ${HAS_PROFILE} AND ${sql}`,
      [tenant, NOW, ZONE, ...params],
    ),
  )
  return rows.map((row) => row.id).sort()
}

const modelled = (definition: unknown) =>
  people
    .filter((one) => matches(definitionSchema.parse(definition), one, NOW))
    .map((one) => one.customerId)
    .sort()

it.each(Object.keys(KINDS))('the SQL of a clause by %s finds whom a plain reading of the facts finds', async (kind) => {
  await fc.assert(
    fc.asyncProperty(KINDS[kind as keyof typeof KINDS], async (definition) => {
      expect(await whoMatches(definition)).toEqual(modelled(definition))
    }),
    { numRuns: 40 },
  )
})

it('the SQL of a whole condition finds the same customers as a plain reading of the facts', async () => {
  await fc.assert(
    fc.asyncProperty(clause, async (definition) => {
      expect(await whoMatches(definition)).toEqual(modelled(definition))
    }),
    { numRuns: 100 },
  )
})

it('a condition that was stored without a currency adds only orders in the currency of the tenant', async () => {
  const [profileId, customerId] = [newId(), newId()]
  const [other, stored] = [newId(), { withinDays: null, minCount: 1, minNetMinor: 10_000, currency: null }]
  const order = (currency: string, minor: bigint) => ({
    orderId: newId(),
    profileId,
    currency,
    totalMinor: minor,
    paidAt: timestampFromDate(NOW),
    version: 1n,
  })
  await deliver(test.db, 'campaign', handlers, [
    event(ProfileLinkedSchema, other, { profileId, customerId, version: 1n }),
    event(OrdersChangedSchema, other, { orders: [order('JPY', 7_000n), order('CNY', 8_000n)] }),
  ])
  const matching = async (minNetMinor: number) => {
    const { sql, params } = compileClause({ orders: { ...stored, minNetMinor } }, 1)
    const where = `$2::timestamptz IS NOT NULL AND $3::text IS NOT NULL AND ${sql}`
    const { rows } = await withTenant(test.db, other, (tx) =>
      tx.client.query(`SELECT 1 FROM (SELECT $4::uuid AS id) c WHERE ${where}`, [other, NOW, ZONE, customerId, ...params]),
    )
    return rows.length === 1
  }
  expect([await matching(8_000), await matching(8_001)]).toEqual([true, false])
  await withTenant(test.db, other, (tx) => rememberTenant(tx, { tenantId: other, zone: ZONE, currency: 'JPY' }))
  expect([await matching(7_000), await matching(7_001)]).toEqual([true, false])
})
