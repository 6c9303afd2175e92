import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, type TestEvent } from '@renmai/platform/testing/events'
import { testContext } from '@renmai/platform/testing/viewers'
import { OrderStatus, OrdersChangedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import type { Context } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import { createLoaders } from '../src/loaders.ts'
import { analytics } from '../src/service.ts'

export const at = (text: string) => timestampFromDate(new Date(text))

/** Analytics for the calling test file, with a separate tenant in Shanghai for each test, and the actions that tests share. */
export function analyticsSeed() {
  let test: TestDatabase
  const state = {
    tenant: '',
    get test() {
      return test
    },
  }
  beforeAll(async () => {
    test = await testDatabase(inject('postgresUrl'), analytics)
  })
  beforeEach(async () => {
    state.tenant = newId()
    const known = { tenantId: state.tenant, zone: 'Asia/Shanghai', currency: 'CNY' }
    await withTenant(test.db, state.tenant, (tx) => rememberTenant(tx, known))
  })
  afterAll(() => test.drop())

  /** Context without handlers: no consumer can be behind. */
  function contextOf(tenantId = state.tenant): Context {
    const base = testContext(test.db, tenantId)
    const cursors = new Cursors('c'.repeat(32))
    const rest = { cursors, ticketKey: '', gatewayUrl: '', load: createLoaders({ ...base, cursors }) }
    return { ...base, ...rest, bus: {} as Context['bus'], handlers: [] }
  }
  const hear = (...events: TestEvent[]) => deliver(test.db, 'analytics', handlers, events)
  /** Event that links a profile to a customer. */
  const link = (profileId: string, customerId: string, version = 1n) =>
    event(ProfileLinkedSchema, state.tenant, { profileId, customerId, version })
  /** A paid order, as engagement publishes it. */
  const order = (profileId: string, time: string, yuan = 1, change: object = {}) => {
    const shop = { platform: 'P', shopId: 's', status: OrderStatus.PAID, currency: 'CNY' }
    const paid = { totalMinor: BigInt(Math.round(yuan * 100)), refundedMinor: 0n, paidAt: at(time), modifiedAt: at(time), version: 1n }
    return event(OrdersChangedSchema, state.tenant, { orders: [{ orderId: newId(), profileId, ...shop, ...paid, ...change }] })
  }
  /** A touchpoint that a source of the tenant reports. */
  const touch = (profileId: string, type: string, time: string) =>
    event(TouchpointsRecordedSchema, state.tenant, {
      touchpoints: [{ touchpointId: newId(), profileId, type, channel: 'WEB', occurredAt: at(time) }],
    })
  return Object.assign(state, { contextOf, hear, link, order, touch })
}
