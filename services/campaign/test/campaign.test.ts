import { setTimeout as sleep } from 'node:timers/promises'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, published, shuffle, type TestEvent } from '@renmai/platform/testing/events'
import { key, testClock, testContext } from '@renmai/platform/testing/viewers'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import {
  CouponRedeemedSchema,
  JourneyEnteredSchema,
  MessageRequestedSchema,
  SegmentEnteredSchema,
  SegmentLeftSchema,
} from '@renmai/proto/campaign/v1/events'
import { OrderStatus, OrdersChangedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { CustomerChangedSchema, ProfileLinkedSchema, TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Context } from '../src/context.ts'
import { createCouponTemplate } from '../src/coupons/create-coupon-template.ts'
import { issueCoupon } from '../src/coupons/issue-coupon.ts'
import { confirmCoupon, lockCoupon, releaseCoupon } from '../src/coupons/redeem-coupon.ts'
import { handlers } from '../src/handlers.ts'
import { advance } from '../src/journeys/advance-journeys.ts'
import { publishJourney } from '../src/journeys/publish-journey.ts'
import { createLoaders } from '../src/loaders.ts'
import { createSegment } from '../src/segments/create-segment.ts'
import { evaluateDirty, sweep } from '../src/segments/evaluate-segments.ts'
import { previewSegment } from '../src/segments/preview-segment.ts'
import { campaign } from '../src/service.ts'
import { publishTemplate } from '../src/templates/publish-template.ts'
import { startTags } from './tags.ts'

let test: TestDatabase
let tenant: string
let clock: ReturnType<typeof testClock>
let tags: Awaited<ReturnType<typeof startTags>>
beforeAll(async () => {
  ;[test, tags] = await Promise.all([testDatabase(inject('postgresUrl'), campaign), startTags()])
})
beforeEach(() => {
  tenant = newId()
  clock = testClock()
})
afterAll(() => Promise.all([test.drop(), tags.stop()]))

const contextOf = (tenantId = tenant): Context => {
  const base = testContext(test.db, tenantId, clock.now)
  return { ...base, bus: tags.bus, cursors: new Cursors('c'.repeat(32)), load: createLoaders(base) }
}
const hear = (...events: TestEvent[]) => deliver(test.db, 'campaign', handlers, events)
const evaluate = () =>
  withTenant(test.db, tenant, async (tx) => {
    while ((await sweep(tx, clock.now())) > 0);
    return evaluateDirty(tx, clock.now())
  })
const at = (day: number) => timestampFromDate(new Date(Date.UTC(2026, 5, day)))

type Person = { customerId: string; profileId: string }
async function meet(): Promise<Person> {
  const person = { customerId: newId(), profileId: newId() }
  await hear(event(ProfileLinkedSchema, tenant, { ...person, version: 1n }))
  return person
}
const order = ({ profileId }: Person, change: object = {}) =>
  event(OrdersChangedSchema, tenant, {
    orders: [
      {
        orderId: newId(),
        profileId,
        platform: 'P',
        shopId: 's',
        status: OrderStatus.PAID,
        currency: 'CNY',
        totalMinor: 10_000n,
        refundedMinor: 0n,
        paidAt: at(10),
        modifiedAt: at(10),
        version: 1n,
        ...change,
      },
    ],
  })
/** Hears of an order in a transaction that is still open while something else happens. */
const writing = (told: TestEvent, meanwhile: () => Promise<unknown>) =>
  withTenant(test.db, tenant, async (tx) => {
    const handler = handlers.find((one) => one.name === 'keep-orders')!
    await handler.handle(tx, [handler.decode({ eventId: newId(), tenantId: tenant, payload: told.payload })])
    await meanwhile()
  })
const members = async (segmentId: string) =>
  (await test.owner.query('SELECT customer_id FROM segment_members WHERE segment_id = $1 ORDER BY 1', [segmentId])).rows.map(
    (row) => row.customer_id as string,
  )
const told = async (schema: typeof SegmentEnteredSchema | typeof SegmentLeftSchema) =>
  (await published(test, schema)).filter((one) => one.tenantId === tenant).map((one) => one.customerId)
const segment = (definition: object) => createSegment(contextOf(), { idempotencyKey: key(), name: newId(), definition })

it('every table is behind its tenant', async () => expect(await unprotectedTables(test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(test)).toEqual([]))

describe('segments', () => {
  it('follow attributes, tags, orders, behaviour and RFM class', async () => {
    const [yes, no] = [await meet(), await meet()]
    const tagId = newId()
    const clauses = [
      { attribute: { key: 'city', operator: 'IN', values: ['杭州', '上海'] } },
      { attribute: { key: 'age', operator: 'GTE', values: ['30'] } },
      { tagId },
      { orders: { withinDays: 30, minCount: 1, minNetMinor: '9000' } },
      { behaviour: { type: 'page_view', withinDays: 7, minCount: 2 } },
      { rfmClasses: ['KEY_RETAIN'] },
      { not: { attribute: { key: 'blocked', operator: 'EXISTS' } } },
    ]
    const made = await Promise.all(clauses.map((clause) => segment(clause)))
    await hear(
      event(CustomerChangedSchema, tenant, {
        ...yes,
        attributes: [
          { key: 'city', value: '杭州', observedAt: at(1) },
          { key: 'age', value: '31', observedAt: at(1) },
        ],
      }),
      event(CustomerChangedSchema, tenant, {
        ...no,
        attributes: [
          { key: 'city', value: '北京', observedAt: at(1) },
          { key: 'age', value: 'old', observedAt: at(1) },
          { key: 'blocked', value: 'x', observedAt: at(1) },
        ],
      }),
      event(TagAddedSchema, tenant, { profileId: yes.profileId, tagId, at: at(1) }),
      order(yes),
      order(no, { totalMinor: 500n }),
      event(TouchpointsRecordedSchema, tenant, {
        touchpoints: [1, 2].map(() => ({
          touchpointId: newId(),
          profileId: yes.profileId,
          type: 'page_view',
          channel: 'WEB',
          occurredAt: at(14),
        })),
      }),
      event(RfmClassChangedSchema, tenant, {
        runId: newId(),
        runNumber: 1n,
        changes: [{ customerId: yes.customerId, rfmClass: RfmClass.KEY_RETAIN }],
      }),
    )
    await evaluate()
    for (const one of made) expect(await members(one.id)).toEqual([yes.customerId])
  })

  it('tell each entry and each exit exactly once, also when time alone decides', async () => {
    const buyer = await meet()
    const recent = await segment({ orders: { withinDays: 7, minCount: 1 } })
    await hear(order(buyer))
    await evaluate()
    await evaluate()
    expect(await told(SegmentEnteredSchema)).toEqual([buyer.customerId])
    clock.advance(20 * 86_400_000)
    await test.owner.query('UPDATE segments SET next_at = now()')
    await evaluate()
    await evaluate()
    expect(await members(recent.id)).toEqual([])
    expect(await told(SegmentLeftSchema)).toEqual([buyer.customerId])
  })

  it('evaluated by several workers at once tell an entry once', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, meet))
    await hear(...people.map((person) => order(person)))
    await segment({ orders: { minCount: 1 } })
    await Promise.all([evaluate(), evaluate(), evaluate()])
    expect((await told(SegmentEnteredSchema)).length).toBe(20)
  })

  it('look again at whom an evaluation took up while something about them was still being written', async () => {
    const buyer = await meet()
    const bought = await segment({ orders: { minCount: 1 } })
    await evaluate()
    await hear(event(ProfileLinkedSchema, tenant, { ...buyer, version: 2n }))
    await writing(order(buyer), evaluate)
    await evaluate()
    expect(await members(bought.id)).toEqual([buyer.customerId])
  })

  it('look at whom nobody knew yet while something about them was still being written', async () => {
    const buyer = { customerId: newId(), profileId: newId() }
    const bought = await segment({ orders: { minCount: 1 } })
    await evaluate()
    let linking: Promise<unknown> = Promise.resolve()
    await writing(order(buyer), async () => {
      linking = hear(event(ProfileLinkedSchema, tenant, { ...buyer, version: 1n })).then(evaluate)
      await sleep(300)
    })
    await linking
    await evaluate()
    expect(await members(bought.id)).toEqual([buyer.customerId])
  })

  it('are as they were after a merge is undone', async () => {
    const [a, b] = [await meet(), await meet()]
    await segment({ orders: { minCount: 2 } })
    await segment({ not: { orders: { minCount: 2 } } })
    await hear(order(a), order(b))
    await evaluate()
    const before = await dumpTables(test, ['profile_customers.version', 'segments.swept_at', 'segments.next_at'])
    await hear(event(ProfileLinkedSchema, tenant, { profileId: b.profileId, customerId: a.customerId, version: 2n }))
    await evaluate()
    expect(await dumpTables(test, ['profile_customers.version', 'segments.swept_at', 'segments.next_at'])).not.toEqual(before)
    await hear(event(ProfileLinkedSchema, tenant, { profileId: b.profileId, customerId: b.customerId, version: 3n }))
    await evaluate()
    expect(await dumpTables(test, ['profile_customers.version', 'segments.swept_at', 'segments.next_at'])).toEqual(before)
  })

  it('can be tried first, part by part, and see no other tenant', async () => {
    const people = await Promise.all([meet(), meet(), meet()])
    await hear(
      order(people[0]!),
      order(people[1]!),
      event(CustomerChangedSchema, tenant, { ...people[0]!, attributes: [{ key: 'city', value: '杭州', observedAt: at(1) }] }),
    )
    const definition = { all: [{ orders: { minCount: 1 } }, { attribute: { key: 'city', operator: 'EQ', values: ['杭州'] } }] }
    const preview = await previewSegment(contextOf(), definition)
    expect(preview).toMatchObject({ total: 3, size: 1, sample: [{ id: people[0]!.customerId }] })
    expect(preview.attrition.map((step) => step.remaining)).toEqual([2, 1])
    expect(await previewSegment(contextOf(newId()), definition)).toMatchObject({ total: 0, size: 0 })
    await expect(previewSegment(contextOf(), { all: [] })).rejects.toMatchObject({ code: 'INVALID' })
  })
})

describe('a replay', () => {
  it('of all events, twice and shuffled, leaves every table equal', async () => {
    const people = Array.from({ length: 4 }, () => ({ customerId: newId(), profileId: newId() }))
    const tagId = newId()
    const orderId = newId()
    const events = people.flatMap((person, no) => [
      event(ProfileLinkedSchema, tenant, { ...person, version: 1n }),
      event(ProfileLinkedSchema, tenant, { profileId: person.profileId, customerId: people[0]!.customerId, version: 2n }),
      event(CustomerChangedSchema, tenant, { ...person, attributes: [{ key: 'city', value: `a${no}`, observedAt: at(no + 1) }] }),
      event(CustomerChangedSchema, tenant, { ...person, attributes: [{ key: 'city', value: `b${no}`, observedAt: at(no + 2) }] }),
      event(TagAddedSchema, tenant, { profileId: person.profileId, tagId, at: at(1) }),
      event(TagRemovedSchema, tenant, { profileId: person.profileId, tagId, at: at(2) }),
      event(TouchpointsRecordedSchema, tenant, {
        touchpoints: [{ touchpointId: newId(), profileId: person.profileId, type: 'view', channel: 'WEB', occurredAt: at(3) }],
      }),
      order(person, { orderId, version: BigInt(no + 1), refundedMinor: BigInt(no) }),
      event(RfmClassChangedSchema, tenant, {
        runId: newId(),
        runNumber: BigInt(no + 1),
        changes: [{ customerId: people[0]!.customerId, rfmClass: no + 1 }],
      }),
    ])
    await hear(...events)
    const once = await dumpTables(test, ['dirty_customers'])
    await hear(...events)
    expect(await dumpTables(test, ['dirty_customers'])).toEqual(once)
    for (const seed of [1, 2, 3]) {
      await test.owner.query('TRUNCATE inbox, profile_customers, attribute_facts, tag_facts, behaviour_days, order_facts, rfm_facts')
      await hear(...shuffle(events, seed))
      const again = await dumpTables(test, ['dirty_customers'])
      for (const table of ['profile_customers', 'attribute_facts', 'tag_facts', 'behaviour_days', 'order_facts', 'rfm_facts'])
        expect([table, again[table]]).toEqual([table, once[table]!.filter((row) => row.includes(tenant))])
    }
  })
})

const terms = {
  kind: 'AMOUNT_OFF' as const,
  currency: 'CNY',
  thresholdMinor: 1_000,
  amountMinor: 500,
  stock: 10,
  perCustomer: 1,
  validDays: 30,
}
const couponTemplate = (change: object = {}) =>
  createCouponTemplate(contextOf(), { idempotencyKey: key(), name: newId(), ...terms, ...change })
const couponOf = async ({ id }: { id: string }) => (await contextOf().load.coupon.load(id))!
const give = async (templateId: string, profileId?: string) =>
  couponOf(await issueCoupon(contextOf(), { idempotencyKey: key(), templateId, profileId: profileId ?? (await meet()).profileId }))

describe('coupons', () => {
  it('are never more than the stock, however many ask at once', async () => {
    const { id } = await couponTemplate()
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => give(id)))
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(10)
    expect((await test.owner.query('SELECT issued FROM coupon_templates WHERE id = $1', [id])).rows[0].issued).toBe(10)
  })

  it('are never more per customer than the limit, over all their profiles', async () => {
    const { id } = await couponTemplate()
    const [a, b] = [await meet(), await meet()]
    await hear(event(ProfileLinkedSchema, tenant, { profileId: b.profileId, customerId: a.customerId, version: 2n }))
    const outcomes = await Promise.allSettled([give(id, a.profileId), give(id, b.profileId), give(id, a.profileId)])
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  })

  it('are used once: held, let go, held again, confirmed', async () => {
    const { code } = await give((await couponTemplate()).id)
    const ctx = contextOf()
    const lock = (orderKey: string) => lockCoupon(ctx, { idempotencyKey: key(), code, orderKey, eligibleMinor: 5_000 })
    const settle = (use: typeof confirmCoupon, orderKey: string) => use(ctx, { idempotencyKey: key(), code, orderKey })
    expect(await couponOf(await lock('A'))).toMatchObject({ state: 'LOCKED', discountMinor: 500 })
    await expect(lock('B')).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(settle(confirmCoupon, 'B')).rejects.toMatchObject({ code: 'CONFLICT' })
    await settle(releaseCoupon, 'A')
    await lock('B')
    expect(await couponOf(await settle(confirmCoupon, 'B'))).toMatchObject({ state: 'USED' })
    await settle(confirmCoupon, 'B')
    await expect(lock('C')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await published(test, CouponRedeemedSchema)).filter((one) => one.tenantId === tenant)).toHaveLength(1)
    await expect(
      lockCoupon(contextOf(newId()), { idempotencyKey: key(), code, orderKey: 'A', eligibleMinor: 5_000 }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('by twenty orders at once is used by one', async () => {
    const { code } = await give((await couponTemplate()).id)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, no) =>
        lockCoupon(contextOf(), { idempotencyKey: key(), code, orderKey: `o${no}`, eligibleMinor: 5_000 }),
      ),
    )
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  })

  it('named by a paid order are used, and given back when it is refunded, in either order of the events', async () => {
    for (const isReversed of [false, true]) {
      const person = await meet()
      const { id, code } = await give((await couponTemplate()).id, person.profileId)
      const orderId = newId()
      const states = [
        order(person, { orderId, couponCodes: [code], modifiedAt: timestampFromDate(clock.now()) }),
        order(person, {
          orderId,
          couponCodes: [code],
          version: 2n,
          status: OrderStatus.REFUNDED,
          refundedMinor: 10_000n,
          modifiedAt: timestampFromDate(clock.now()),
        }),
      ]
      await hear(...(isReversed ? states.toReversed() : states))
      expect((await test.owner.query('SELECT state FROM coupons WHERE id = $1', [id])).rows[0].state).toBe('RETURNED')
    }
  })
})

describe('a journey', () => {
  async function start(includeMembers = false) {
    const ctx = contextOf()
    const buyers = await segment({ orders: { minCount: 1 } })
    const template = await publishTemplate(ctx, {
      idempotencyKey: key(),
      name: newId(),
      channel: 'EMAIL',
      subject: 's',
      body: '{{ coupon }}',
      variables: [{ name: 'coupon', type: 'COUPON' }],
    })
    const { id: couponTemplateId } = await couponTemplate({ stock: 1_000 })
    const nodes = [
      { wait: { id: 'wait', waitSeconds: 3_600, next: 'split' } },
      { split: { id: 'split', condition: { orders: { minCount: 2 } }, next: 'send', otherwise: 'end' } },
      { send: { id: 'send', templateId: template.id, purpose: 'marketing', couponTemplateId, next: 'end' } },
      { exit: { id: 'end' } },
    ]
    const trigger = { segmentEntered: { segmentId: buyers.id, includeMembers } }
    return publishJourney(ctx, { idempotencyKey: key(), name: newId(), trigger, nodes })
  }
  const run = async () => {
    for (let done = 1; done > 0; ) done = await withTenant(test.db, tenant, (tx) => advance(tx, clock.now()))
  }
  const entered = async () =>
    (await published(test, SegmentEnteredSchema))
      .filter((one) => one.tenantId === tenant)
      .map((one) => event(SegmentEnteredSchema, tenant, { segmentId: one.segmentId, customerId: one.customerId }))
  const asked = async () => (await published(test, MessageRequestedSchema)).filter((one) => one.tenantId === tenant)

  it('waits, splits, sends once and ends; each customer enters once', async () => {
    await start()
    const [once, twice] = [await meet(), await meet()]
    await hear(order(once), order(twice), order(twice))
    await evaluate()
    const entries = await entered()
    clock = testClock(new Date(Date.now() + 1_000))
    await hear(...entries)
    await hear(...entries.map((one) => ({ ...one, eventId: newId() })))
    expect((await published(test, JourneyEnteredSchema)).filter((one) => one.tenantId === tenant)).toHaveLength(2)
    await run()
    expect(await asked()).toEqual([])
    clock.advance(3_700_000)
    await Promise.all([run(), run()])
    const messages = await asked()
    expect(messages.map((one) => one.profileId)).toEqual([twice.profileId])
    expect(messages[0]!.variables[0]).toMatchObject({ name: 'coupon', value: expect.stringMatching(/^[0-9A-Z*~$=]{17}$/) })
    const { rows } = await test.owner.query('SELECT outcome FROM journey_entries WHERE tenant_id = $1', [tenant])
    expect(rows).toEqual([{ outcome: 'EXIT' }, { outcome: 'EXIT' }])
  })

  it('is entered once by somebody who was two customers', async () => {
    await start()
    const [a, b] = [await meet(), await meet()]
    await hear(order(a), order(b))
    await evaluate()
    const [first, second] = await entered()
    await hear(first!)
    await hear(event(ProfileLinkedSchema, tenant, { profileId: b.profileId, customerId: a.customerId, version: 2n }))
    await hear({ ...second!, eventId: newId() }, { ...first!, eventId: newId() })
    expect((await published(test, JourneyEnteredSchema)).filter((one) => one.tenantId === tenant)).toHaveLength(1)
  })

  it('refuses what is not there, and what belongs to another tenant', async () => {
    const other = await segment({ orders: { minCount: 1 } })
    const trigger = { segmentEntered: { segmentId: other.id } }
    await expect(
      publishJourney(contextOf(newId()), { idempotencyKey: key(), name: 'x', trigger, nodes: [{ exit: { id: 'end' } }] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', message: `There is no segment with the id ${other.id}` })
  })
})
