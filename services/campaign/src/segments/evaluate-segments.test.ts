import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { event, published, type TestEvent } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { SegmentEnteredSchema, SegmentLeftSchema } from '@renmai/proto/campaign/v1/events'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { CustomerChangedSchema, TagAddedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { at, campaignSeed, yuan } from '../../test/seed.ts'
import { handlers } from '../handlers.ts'
import { previewSegment } from './preview-segment.ts'

const seed = campaignSeed()

/** Consumes an order in a transaction that is still open while `meanwhile` runs. */
const writing = (told: TestEvent, meanwhile: () => Promise<unknown>) =>
  withTenant(seed.test.db, seed.tenant, async (tx) => {
    const handler = handlers.find((one) => one.name === 'keep-orders')!
    await handler.handle(tx, [handler.decode({ eventId: newId(), tenantId: seed.tenant, payload: told.payload })])
    await meanwhile()
  })
const told = async (schema: typeof SegmentEnteredSchema | typeof SegmentLeftSchema) =>
  (await published(seed.test, schema)).filter((one) => one.tenantId === seed.tenant).map((one) => one.customerId)

describe('segments', () => {
  it('follow attributes, tags, orders, behaviour and RFM class', async () => {
    const [yes, no] = [await seed.meet(), await seed.meet()]
    const tagId = newId()
    const clauses = [
      { attribute: { key: 'city', operator: 'IN', values: ['杭州', '上海'] } },
      { attribute: { key: 'age', operator: 'GTE', values: ['30'] } },
      { tagId },
      { orders: { within: 'P30D', minCount: 1, minNet: yuan('90') } },
      { behaviour: { type: 'page_view', within: 'P7D', minCount: 2 } },
      { rfmClasses: ['KEY_RETAIN'] },
      { not: { attribute: { key: 'blocked', operator: 'EXISTS' } } },
    ]
    const made = await Promise.all(clauses.map((clause) => seed.segment(clause)))
    await seed.hear(
      event(CustomerChangedSchema, seed.tenant, {
        ...yes,
        attributes: [
          { key: 'city', value: '杭州', observedAt: at(1) },
          { key: 'age', value: '31', observedAt: at(1) },
        ],
      }),
      event(CustomerChangedSchema, seed.tenant, {
        ...no,
        attributes: [
          { key: 'city', value: '北京', observedAt: at(1) },
          { key: 'age', value: 'old', observedAt: at(1) },
          { key: 'blocked', value: 'x', observedAt: at(1) },
        ],
      }),
      event(TagAddedSchema, seed.tenant, { profileId: yes.profileId, tagId, at: at(1) }),
      seed.order(yes),
      seed.order(no, { totalMinor: 500n }),
      event(TouchpointsRecordedSchema, seed.tenant, {
        touchpoints: [1, 2].map(() => ({
          touchpointId: newId(),
          profileId: yes.profileId,
          type: 'page_view',
          channel: 'WEB',
          occurredAt: at(14),
        })),
      }),
      event(RfmClassChangedSchema, seed.tenant, {
        runId: newId(),
        runNumber: 1n,
        changes: [{ customerId: yes.customerId, rfmClass: RfmClass.KEY_RETAIN }],
      }),
    )
    await seed.evaluate()
    for (const one of made) expect(await seed.members(one.id)).toEqual([yes.customerId])
  })

  it('publish each entry and each exit exactly once, also when time alone decides', async () => {
    const buyer = await seed.meet()
    const recent = await seed.segment({ orders: { within: 'P7D', minCount: 1 } })
    await seed.hear(seed.order(buyer))
    await seed.evaluate()
    await seed.evaluate()
    expect(await told(SegmentEnteredSchema)).toEqual([buyer.customerId])
    seed.clock.advance(20 * 86_400_000)
    await seed.test.owner.query('UPDATE segments SET next_at = now()')
    await seed.evaluate()
    await seed.evaluate()
    expect(await seed.members(recent.id)).toEqual([])
    expect(await told(SegmentLeftSchema)).toEqual([buyer.customerId])
  })

  it('evaluated by several workers concurrently publish an entry once', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, seed.meet))
    await seed.hear(...people.map((person) => seed.order(person)))
    await seed.segment({ orders: { minCount: 1 } })
    await Promise.all([seed.evaluate(), seed.evaluate(), seed.evaluate()])
    expect((await told(SegmentEnteredSchema)).length).toBe(20)
  })

  it('evaluate a customer again whom an evaluation took while a fact about them was still being written', async () => {
    const buyer = await seed.meet()
    const bought = await seed.segment({ orders: { minCount: 1 } })
    await seed.evaluate()
    await seed.link(buyer.profileId, buyer.customerId, 2n)
    await writing(seed.order(buyer), seed.evaluate)
    await seed.evaluate()
    expect(await seed.members(bought.id)).toEqual([buyer.customerId])
  })

  it('evaluate a customer whose profile is linked while a fact about them is still being written', async () => {
    const buyer = { customerId: newId(), profileId: newId() }
    const bought = await seed.segment({ orders: { minCount: 1 } })
    await seed.evaluate()
    let linking: Promise<unknown> = Promise.resolve()
    await writing(seed.order(buyer), async () => {
      linking = seed.link(buyer.profileId, buyer.customerId, 1n).then(seed.evaluate)
      // Until it waits for the fact that is being written, or has not noticed it.
      const waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
      const held = eventually(async () => expect((await seed.test.owner.query(waits)).rowCount).toBe(1))
      await Promise.race([linking, held])
    })
    await linking
    await seed.evaluate()
    expect(await seed.members(bought.id)).toEqual([buyer.customerId])
  })

  it('are as they were after a merge is undone', async () => {
    const [a, b] = [await seed.meet(), await seed.meet()]
    await seed.segment({ orders: { minCount: 2 } })
    await seed.segment({ not: { orders: { minCount: 2 } } })
    await seed.hear(seed.order(a), seed.order(b))
    await seed.evaluate()
    const before = await dumpTables(seed.test, ['profile_customers.version', 'segments.swept_at', 'segments.next_at'])
    await seed.link(b.profileId, a.customerId, 2n)
    await seed.evaluate()
    expect(await dumpTables(seed.test, ['profile_customers.version', 'segments.swept_at', 'segments.next_at'])).not.toEqual(before)
    await seed.link(b.profileId, b.customerId, 3n)
    await seed.evaluate()
    expect(await dumpTables(seed.test, ['profile_customers.version', 'segments.swept_at', 'segments.next_at'])).toEqual(before)
  })

  it('can be previewed, part by part, and read no other tenant', async () => {
    const people = await Promise.all([seed.meet(), seed.meet(), seed.meet()])
    await seed.hear(
      seed.order(people[0]!),
      seed.order(people[1]!),
      event(CustomerChangedSchema, seed.tenant, { ...people[0]!, attributes: [{ key: 'city', value: '杭州', observedAt: at(1) }] }),
    )
    const definition = { all: [{ orders: { minCount: 1 } }, { attribute: { key: 'city', operator: 'EQ', values: ['杭州'] } }] }
    const preview = await previewSegment(seed.contextOf(), definition)
    expect(preview).toMatchObject({ total: 3, size: 1, sample: [{ id: people[0]!.customerId }] })
    expect(preview.attrition.map((step) => step.remaining)).toEqual([2, 1])
    expect(await previewSegment(seed.contextOf(newId()), definition)).toMatchObject({ total: 0, size: 0 })
    await expect(previewSegment(seed.contextOf(), { all: [] })).rejects.toMatchObject({ code: 'INVALID' })
  })
})
