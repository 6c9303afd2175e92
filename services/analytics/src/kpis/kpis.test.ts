import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, type TestEvent } from '@renmai/platform/testing/events'
import { testContext } from '@renmai/platform/testing/viewers'
import { MessageSentSchema, OrdersChangedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { type FragmentDefinitionNode, parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { readAttribution } from '../attribution/read-attribution.ts'
import type { Context } from '../context.ts'
import { handlers } from '../handlers.ts'
import { createLoaders } from '../loaders.ts'
import { analytics } from '../service.ts'
import { metrics } from './metrics.ts'
import { readKpis } from './read-kpis.ts'
import { selectedMetrics } from './selected-metrics.ts'

let test: TestDatabase
let tenant: string
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), analytics)
})
beforeEach(async () => {
  tenant = newId()
  await withTenant(test.db, tenant, (tx) => rememberTenant(tx, { tenantId: tenant, zone: 'Asia/Shanghai', currency: 'CNY' }))
})
afterAll(() => test.drop())

/** Without handlers there is no consumer that could be behind. */
function contextOf(): Context {
  const base = testContext(test.db, tenant)
  const rest = { cursors: new Cursors('c'.repeat(32)), ticketKey: '', gatewayUrl: '', load: createLoaders(base) }
  return { ...base, ...rest, bus: {} as Context['bus'], handlers: [] }
}
const hear = (...events: TestEvent[]) => deliver(test.db, 'analytics', handlers, events)
const at = (text: string) => timestampFromDate(new Date(text))
const link = (profileId: string, customerId: string, version = 1n) => event(ProfileLinkedSchema, tenant, { profileId, customerId, version })
const order = (profileId: string, paidAt: string, change: object = {}) =>
  event(OrdersChangedSchema, tenant, {
    orders: [{ orderId: newId(), profileId, currency: 'CNY', totalMinor: 100n, paidAt: at(paidAt), version: 1n, ...change }],
  })
const touch = (profileId: string, type: string, occurredAt: string) =>
  event(TouchpointsRecordedSchema, tenant, {
    touchpoints: [{ touchpointId: newId(), profileId, type, channel: 'WEB', occurredAt: at(occurredAt) }],
  })
const days = async (from: string, to: string) => (await readKpis(contextOf(), { from, to })).days

describe('the numbers of a day', () => {
  const infoOf = (source: string) => {
    const [operation, ...fragments] = parse(source).definitions
    return { operation, fragments: Object.fromEntries(fragments.map((one) => [(one as FragmentDefinitionNode).name.value, one])) } as never
  }
  const names = (source: string) => selectedMetrics(infoOf(source)).map(({ name }) => name)

  it('are counted where an operation names them, also in fragments and under other names', () => {
    expect(names('{ kpis { days { day n: orders ...F } } } fragment F on KpiDay { revenue { amountMinor } }')).toEqual([
      'orders',
      'revenue',
    ])
    expect(names('{ kpis { isComplete } }')).toEqual([])
  })

  it('are left out of the days where they are not counted', async () => {
    const span = { from: '2026-03-01', to: '2026-03-01' }
    expect((await readKpis(contextOf(), span, [])).days).toEqual([{ day: '2026-03-01' }])
    for (const one of metrics) expect((await readKpis(contextOf(), span, [one])).days[0]).toHaveProperty(one.name)
  })
})

describe('new customers', () => {
  const counts = async () => (await days('2026-03-01', '2026-03-04')).map((day) => day.newCustomers)

  it('are those whose first order was paid on the day in the zone, in whatever currency', async () => {
    const [p, q, c] = [newId(), newId(), newId()]
    await hear(
      link(p, c),
      link(q, c),
      link(newId(), newId()),
      order(p, '2026-03-01T16:00:00Z'),
      order(q, '2026-03-01T16:00:00Z', { currency: 'USD' }),
      order(q, '2026-03-03T00:00:00Z'),
      order(newId(), '2026-03-03T00:00:00Z'),
    )
    expect(await counts()).toEqual([0, 1, 0, 0])
    await hear(order(p, '2026-02-01T00:00:00Z', { isRefundDocument: true }), order(p, '2026-03-01T00:00:00Z', { paidAt: undefined }))
    expect(await counts()).toEqual([0, 1, 0, 0])
    await hear(order(q, '2025-01-01T00:00:00Z'))
    expect(await counts()).toEqual([0, 0, 0, 0])
  })

  it('are one when two turn out to be the same person, and two again when they are not', async () => {
    const [p, q, c, d] = [newId(), newId(), newId(), newId()]
    await hear(link(p, c), link(q, d), order(p, '2026-03-01T01:00:00Z'), order(q, '2026-03-03T01:00:00Z'))
    expect(await counts()).toEqual([1, 0, 1, 0])
    await hear(link(q, c, 2n))
    expect(await counts()).toEqual([1, 0, 0, 0])
    await hear(link(q, d, 3n))
    expect(await counts()).toEqual([1, 0, 1, 0])
  })
})

describe('what a source reports', () => {
  const numbers = async () =>
    (await days('2026-03-02', '2026-03-02')).map((day) => [day.touchpoints, day.messagesSent, day.messagesBlocked, day.couponsRedeemed])

  it('is never counted as what the platform did, whatever it is called', async () => {
    const p = newId()
    const types = ['page_view', 'message_sent', 'message_blocked', 'message_click', 'coupon_redeemed']
    await hear(...types.map((type) => touch(p, type, '2026-03-02T01:00:00Z')))
    expect(await numbers()).toEqual([[5, 0, 0, 0]])
    await hear(event(MessageSentSchema, tenant, { messageId: newId(), profileId: p, channel: 'EMAIL', at: at('2026-03-02T01:00:00Z') }))
    expect(await numbers()).toEqual([[5, 1, 0, 0]])
  })

  it('is a contact that led to an order, whatever it is called', async () => {
    const p = newId()
    await hear(link(p, newId()), touch(p, 'coupon_redeemed', '2026-03-01T00:00:00Z'), order(p, '2026-03-02T00:00:00Z'))
    const span = { from: new Date('2026-03-01'), to: new Date('2026-03-31') }
    const { channels } = await readAttribution(contextOf(), { model: 'LAST_TOUCH', ...span })
    expect(channels.map(({ channel }) => channel)).toEqual(['WEB'])
  })

  it('is told apart by its type in rows that an earlier release kept', async () => {
    const rows = ['page_view', 'message_sent'].map((type) => `('${tenant}', '${newId()}', '2026-03-02T01:00:00Z', '${type}', 'WEB')`)
    await test.owner.query(`INSERT INTO events (tenant_id, id, occurred_at, type, channel) VALUES ${rows.join(', ')}`)
    expect(await numbers()).toEqual([[1, 1, 0, 0]])
  })
})
