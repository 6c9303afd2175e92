import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { type Bus, connectBus, declareStream } from '@renmai/platform/events/bus'
import { consumeAll } from '@renmai/platform/events/consume'
import { headersOf, seal } from '@renmai/platform/events/envelope'
import { newId, timeOfId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, published, shuffle, type TestEvent } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import {
  MessageBlockedSchema,
  MessageSentSchema,
  OrderStatus,
  OrdersChangedSchema,
  TouchpointsRecordedSchema,
} from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { readAttribution } from '../attribution/read-attribution.ts'
import type { Context } from '../context.ts'
import { handlers } from '../handlers.ts'
import { readKpis } from '../kpis/read-kpis.ts'
import { createLoaders } from '../loaders.ts'
import { analytics } from '../service.ts'
import { computeRfm } from './compute-rfm.ts'

let test: TestDatabase
let tenant: string
let folder: string
let nats: Nats
let bus: Bus
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), analytics)
  folder = mkdtempSync(join(tmpdir(), 'renmai-nats-'))
  nats = await startNats({ folder, logs: folder })
  bus = await connectBus(
    { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' },
    'test',
    createLog('test', 'silent'),
  )
  await createConsumers()
})
beforeEach(async () => {
  tenant = newId()
  await withTenant(test.db, tenant, (tx) => rememberTenant(tx, { tenantId: tenant, zone: 'Asia/Shanghai', currency: 'CNY' }))
})
afterAll(async () => {
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  rmSync(folder, { recursive: true, force: true })
})

/** The durable consumers, made by the service's own code and stopped again: what comes then waits for them. */
async function createConsumers(): Promise<void> {
  for (const publisher of new Set(handlers.flatMap((handler) => handler.publishers))) await declareStream(bus, publisher)
  const consumptions = consumeAll(bus, test.db, 'analytics', handlers)
  const areIdle = async () => expect(await Promise.all(consumptions.map((one) => one.isIdle()))).not.toContain(false)
  await eventually(areIdle)
  await Promise.all(consumptions.map((one) => one.stop()))
}

const contextOf = (tenantId = tenant): Context => {
  const base = testContext(test.db, tenantId)
  return { ...base, bus, handlers, cursors: new Cursors('c'.repeat(32)), ticketKey: '', gatewayUrl: '', load: createLoaders(base) }
}
const hear = (...events: TestEvent[]) => deliver(test.db, 'analytics', handlers, events)
const at = (text: string) => timestampFromDate(new Date(text))
const link = (profileId: string, customerId: string, version = 1n) => event(ProfileLinkedSchema, tenant, { profileId, customerId, version })
const order = (profileId: string, day: string, yuan: number, change: object = {}) =>
  event(OrdersChangedSchema, tenant, {
    orders: [
      {
        orderId: newId(),
        profileId,
        platform: 'P',
        shopId: 's',
        status: OrderStatus.PAID,
        currency: 'CNY',
        totalMinor: BigInt(yuan * 100),
        refundedMinor: 0n,
        paidAt: at(day),
        modifiedAt: at(day),
        version: 1n,
        ...change,
      },
    ],
  })

it('every table is behind its tenant', async () => expect(await unprotectedTables(test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(test)).toEqual([]))

describe('RFM over orders', () => {
  const fixed = { method: 'FIXED' as const, cuts: { recencyDays: 30, frequency: 2, monetaryMinor: '10000' } }
  const runOf = async (ctx: Context, { id }: { id: string }) => ctx.load.rfmRun.load(id)
  const score = async (asOf: string, change: object = {}) =>
    runOf(contextOf(), await computeRfm(contextOf(), { idempotencyKey: key(), asOf, ...fixed, ...change }))
  const scoreOf = async (customerId: string) =>
    (
      await test.owner.query('SELECT rfm_class, recency_days, frequency, monetary_minor FROM rfm_scores WHERE customer_id = $1', [
        customerId,
      ])
    ).rows[0]

  it('counts calendar days in the zone, paid orders that were not refunded in full, and money less refunds', async () => {
    const [p, c] = [newId(), newId()]
    await hear(
      link(p, c),
      order(p, '2026-03-09T16:30:00Z', 80),
      order(p, '2026-03-01T00:00:00Z', 100, { refundedMinor: 10_000n, refundedAt: at('2026-03-02T00:00:00Z') }),
      order(p, '2026-03-05T00:00:00Z', 50, { refundedMinor: 1_000n }),
      order(p, '2026-03-06T00:00:00Z', 0, {
        isRefundDocument: true,
        totalMinor: 0n,
        refundedMinor: 500n,
        paidAt: undefined,
        refundedAt: at('2026-03-06T00:00:00Z'),
      }),
      order(p, '2026-04-01T00:00:00Z', 999),
      order(p, '2024-01-01T00:00:00Z', 999),
    )
    await score('2026-03-11')
    // 16:30 UTC on the 9th is the 10th in Shanghai.
    expect(await scoreOf(c)).toEqual({ rfm_class: 'KEY_VALUE', recency_days: 1, frequency: 2, monetary_minor: 11_500 })
    await score('2026-03-11', { monetaryBasis: 'AVG' })
    expect((await scoreOf(c)).monetary_minor).toBe(5_750)
  })

  it('leaves customers without orders unclassified and tells only of changed classes', async () => {
    const [p, c, q, d] = [newId(), newId(), newId(), newId()]
    await hear(link(p, c), link(q, d), order(p, '2026-03-01T00:00:00Z', 80))
    expect(await score('2026-03-11')).toMatchObject({ scored: 1, changed: 1 })
    expect(await score('2026-03-11')).toMatchObject({ scored: 1, changed: 0 })
    expect(await scoreOf(d)).toBeUndefined()
    expect(await score('2027-06-01')).toMatchObject({ scored: 0, changed: 1 })
    const told = (await published(test, RfmClassChangedSchema))
      .filter((one) => one.tenantId === tenant)
      .flatMap((one) => one.changes.map((change) => change.rfmClass))
    expect(told).toEqual([RfmClass.GENERAL_DEVELOP, RfmClass.UNSPECIFIED])
  })

  it('sees merged customers as one and another tenant not at all', async () => {
    const [p, q, c, d] = [newId(), newId(), newId(), newId()]
    await hear(link(p, c), link(q, d), order(p, '2026-03-01T00:00:00Z', 80), order(q, '2026-03-01T00:00:00Z', 80), link(q, c, 2n))
    await score('2026-03-11')
    expect(await scoreOf(c)).toMatchObject({ frequency: 2, monetary_minor: 16_000 })
    const stranger = contextOf(newId())
    const run = await computeRfm(stranger, { idempotencyKey: key(), asOf: '2026-03-11', ...fixed })
    expect(await runOf(stranger, run)).toMatchObject({ scored: 0 })
    await expect(computeRfm(contextOf(), { idempotencyKey: key(), asOf: '2026-03-11' })).rejects.toMatchObject({
      code: 'INSUFFICIENT_DATA',
    })
  })
})

describe('attribution over events', () => {
  it('follows the contacts of all profiles of the customer, and calls an order without any DIRECT', async () => {
    const [p, q, c] = [newId(), newId(), newId()]
    await hear(
      link(p, c),
      link(q, c),
      event(TouchpointsRecordedSchema, tenant, {
        touchpoints: [{ touchpointId: newId(), profileId: p, type: 'page_view', channel: 'WEB', occurredAt: at('2026-03-01T00:00:00Z') }],
      }),
      event(MessageSentSchema, tenant, { messageId: newId(), profileId: p, channel: 'WECOM', at: at('2026-03-02T00:00:00Z') }),
      event(MessageBlockedSchema, tenant, { messageId: newId(), profileId: p, channel: 'EMAIL', at: at('2026-03-03T00:00:00Z') }),
      order(q, '2026-03-04T00:00:00Z', 100.01),
      order(newId(), '2026-03-04T00:00:00Z', 50),
    )
    const span = { from: new Date('2026-03-01'), to: new Date('2026-03-31') }
    const last = await readAttribution(contextOf(), { model: 'LAST_TOUCH', ...span })
    expect(last).toMatchObject({ conversions: 2, revenueMinor: 15_001 })
    expect(last.channels).toEqual([
      { channel: 'WECOM', conversionsMicro: 1_000_000, revenueMinor: 10_001 },
      { channel: 'DIRECT', conversionsMicro: 1_000_000, revenueMinor: 5_000 },
    ])
    const linear = await readAttribution(contextOf(), { model: 'LINEAR', ...span })
    expect(Object.fromEntries(linear.channels.map((one) => [one.channel, one.revenueMinor]))).toEqual({
      WEB: 5_001,
      WECOM: 5_000,
      DIRECT: 5_000,
    })
    await expect(
      readAttribution(contextOf(), { model: 'LINEAR', from: new Date('2020-01-01'), to: new Date('2026-01-01') }),
    ).rejects.toMatchObject({ code: 'INVALID' })
  })
})

it('the numbers of a day are counted in the zone and add up', async () => {
  const p = newId()
  await hear(
    order(p, '2026-03-01T17:00:00Z', 10),
    order(p, '2026-03-02T01:00:00Z', 20, { refundedMinor: 500n, refundedAt: at('2026-03-03T01:00:00Z') }),
    event(MessageSentSchema, tenant, { messageId: newId(), profileId: p, channel: 'EMAIL', at: at('2026-03-02T01:00:00Z') }),
    event(CouponRedeemedSchema, tenant, { couponId: newId(), profileId: p, orderId: newId(), at: at('2026-03-02T01:00:00Z') }),
  )
  const { days, isComplete } = await readKpis(contextOf(), { from: '2026-03-01', to: '2026-03-03' })
  expect(isComplete).toBe(true)
  expect(
    days.map((day) => [day.day, day.orders, day.revenue.amountMinor, day.refunded.amountMinor, day.messagesSent, day.couponsRedeemed]),
  ).toEqual([
    ['2026-03-01', 0, '0', '0', 0, 0],
    ['2026-03-02', 2, '3000', '0', 1, 1],
    ['2026-03-03', 0, '0', '500', 0, 0],
  ])
  await expect(readKpis(contextOf(), { from: '2026-03-03', to: '2026-03-01' })).rejects.toMatchObject({ code: 'INVALID' })
})

it('replaying every event, twice and shuffled, changes nothing', async () => {
  const [p, orderId] = [newId(), newId()]
  const events = [
    ...[1n, 2n, 3n].map((version) => link(p, newId(), version)),
    ...[1n, 2n, 3n].map((version) => order(p, `2026-0${version}-01T00:00:00Z`, Number(version), { orderId, version })),
    ...['2026-01-31T23:59:59Z', '2026-02-01T00:00:00Z'].map((time) =>
      event(TouchpointsRecordedSchema, tenant, {
        touchpoints: [{ touchpointId: newId(), profileId: p, type: 'x', channel: 'WEB', occurredAt: at(time) }],
      }),
    ),
  ]
  await hear(...events)
  const once = await dumpTables(test)
  await hear(...events)
  expect(await dumpTables(test)).toEqual(once)
  for (const seed of [1, 2, 3]) {
    await test.owner.query('TRUNCATE inbox')
    await test.owner.query('DELETE FROM events WHERE tenant_id = $1', [tenant])
    for (const table of ['order_facts', 'profile_customers']) await test.owner.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant])
    await hear(...shuffle(events, seed))
    expect(await dumpTables(test)).toEqual(once)
  }
})

it('the numbers say up to when they are complete, and never claim more', async () => {
  const watermark = async () => {
    const read = await readKpis(contextOf(), { from: '2026-03-01', to: '2026-03-01' })
    return [read.isComplete, read.watermark?.getTime() ?? null]
  }
  const sent = () => event(MessageSentSchema, tenant, { messageId: newId(), profileId: newId(), channel: 'EMAIL', at: at('2026-03-01') })
  const [told, handled] = [sent(), sent()]
  expect((await watermark())[0]).toBe(true)
  const row = { event_id: told.eventId, tenant_id: tenant, type: told.type, payload: Buffer.from(told.payload), trace: null }
  for (const one of seal('engagement', [row])) await bus.js.publish(one.subject, one.payload, { headers: headersOf(one) })
  // The server tells a consumer of a stored event a moment after it acknowledged it.
  await eventually(async () => expect(await watermark()).toEqual([false, null]))
  await hear(handled)
  expect(await watermark()).toEqual([false, timeOfId(handled.eventId).getTime()])
  await bus.manager.consumers.delete(
    'engagement',
    'analytics_' + handlers.find(({ type }) => type === order('', '2026-03-01', 1).type)!.name,
  )
  expect(await watermark()).toEqual([false, null])
})
