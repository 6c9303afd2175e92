import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { buildSchema } from '@renmai/platform/serve/subgraph'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, type TestEvent } from '@renmai/platform/testing/events'
import { key, testClock, testContext, testViewer } from '@renmai/platform/testing/viewers'
import { OrderStatus, OrdersChangedSchema } from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { graphql } from 'graphql'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import type { Context } from '../src/context.ts'
import { createCouponTemplate } from '../src/coupons/create-coupon-template.ts'
import { issueCoupon } from '../src/coupons/issue-coupon.ts'
import { typeDefs } from '../src/gen/typedefs.ts'
import { handlers } from '../src/handlers.ts'
import { advance } from '../src/journeys/advance-journeys.ts'
import { createLoaders } from '../src/loaders.ts'
import { resolvers } from '../src/resolvers.ts'
import { createSegment } from '../src/segments/create-segment.ts'
import { evaluateDirty, sweep } from '../src/segments/evaluation.ts'
import { campaign } from '../src/service.ts'
import { startTags } from './tags.ts'

const schema = buildSchema([typeDefs], resolvers)

export type Person = { customerId: string; profileId: string }

/** A day of June 2026, the month of the tests. */
export const at = (day: number) => timestampFromDate(new Date(Date.UTC(2026, 5, day)))

/** An amount in yuan. */
export const yuan = (amount: string) => ({ amount, currency: 'CNY' })

const COUPON = { threshold: yuan('10'), discount: { amountOff: yuan('5') }, stock: 10, perCustomer: 1, validFor: 'P30D' }

/** Campaign for the calling test file, with the actions of its tests; each test has a tenant and a clock of its own. */
export function campaignSeed() {
  let [test, tags]: [TestDatabase, Awaited<ReturnType<typeof startTags>>] = [] as never
  const templates = new Templates()
  const state = {
    tenant: '',
    clock: testClock(),
    get test() {
      return test
    },
  }
  beforeAll(async () => {
    ;[test, tags] = await Promise.all([testDatabase(inject('postgresUrl'), campaign), startTags()])
  })
  beforeEach(() => {
    ;[state.tenant, state.clock] = [newId(), testClock()]
  })
  afterAll(async () => {
    await Promise.all([templates.close(), tags.stop()])
    await test.drop()
  })

  /** @param scopes all unless they are given */
  function contextOf(tenantId = state.tenant, scopes?: readonly string[]): Context {
    const base = testContext(test.db, tenantId, state.clock.now)
    const viewer = scopes ? testViewer(tenantId, scopes) : base.viewer
    const cursors = new Cursors('c'.repeat(32))
    return { ...base, viewer, bus: tags.bus, cursors, templates, load: createLoaders({ ...base, viewer, cursors }) }
  }
  /**
   * Runs a document on the schema of campaign, as the gateway sends it.
   * @returns the data; a document that has errors fails
   */
  async function query<T>(source: string, variableValues: Record<string, unknown> = {}, tenantId = state.tenant): Promise<T> {
    const { data, errors } = await graphql({ schema, source, variableValues, contextValue: contextOf(tenantId) })
    if (errors) throw errors[0]!
    return JSON.parse(JSON.stringify(data)) as T
  }
  const hear = (...events: TestEvent[]) => deliver(test.db, 'campaign', handlers, events)
  /** Links a profile to a customer. */
  const link = (profileId: string, customerId: string, version = 1n) =>
    hear(event(ProfileLinkedSchema, state.tenant, { profileId, customerId, version }))
  /** Creates a new customer with a profile. */
  async function meet(): Promise<Person> {
    const person = { customerId: newId(), profileId: newId() }
    await link(person.profileId, person.customerId)
    return person
  }
  /** A paid order of 100 yuan, as engagement publishes it. */
  const order = ({ profileId }: Person, change: object = {}) => {
    const shop = { platform: 'P', shopId: 's', status: OrderStatus.PAID, currency: 'CNY' }
    const paid = { totalMinor: 10_000n, refundedMinor: 0n, paidAt: at(10), modifiedAt: at(10), version: 1n }
    return event(OrdersChangedSchema, state.tenant, { orders: [{ orderId: newId(), profileId, ...shop, ...paid, ...change }] })
  }
  const segment = (definition: object) => createSegment(contextOf(), { idempotencyKey: key(), name: newId(), definition })
  /** Evaluates the tenant's segments as their queue does. */
  const evaluate = () =>
    withTenant(test.db, state.tenant, async (tx) => {
      while ((await sweep(tx, state.clock.now())) > 0);
      return evaluateDirty(tx, state.clock.now())
    })
  const members = async (segmentId: string) =>
    (await test.owner.query('SELECT customer_id FROM segment_members WHERE segment_id = $1 ORDER BY 1', [segmentId])).rows.map(
      (row) => row.customer_id as string,
    )
  const couponTemplate = (change: object = {}) =>
    createCouponTemplate(contextOf(), { idempotencyKey: key(), name: newId(), ...COUPON, ...change })
  /** Issues a coupon to a profile, or to a new customer. */
  const couponOf = async ({ id }: { id: string }) => (await contextOf().load.coupon.load(id))!
  const grant = async (couponTemplateId: string, profileId?: string) =>
    couponOf(
      await issueCoupon(contextOf(), {
        idempotencyKey: key(),
        couponTemplateId,
        recipient: { profileId: profileId ?? (await meet()).profileId },
      }),
    )
  /** Carries out all steps of journeys that are due by the clock. */
  const advanceAll = async () => {
    for (let done = 1; done > 0; ) done = await withTenant(test.db, state.tenant, (tx) => advance(tx, state.clock.now()))
  }
  return Object.assign(state, {
    contextOf,
    query,
    hear,
    link,
    meet,
    order,
    segment,
    evaluate,
    members,
    couponTemplate,
    couponOf,
    grant,
    advanceAll,
  })
}
