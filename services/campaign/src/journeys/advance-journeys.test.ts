import { newId } from '@renmai/platform/serve/ids'
import { event, published } from '@renmai/platform/testing/events'
import { key, testClock } from '@renmai/platform/testing/viewers'
import { JourneyEnteredSchema, MessageRequestedSchema, SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'
import { publishJourney } from './publish-journey.ts'

const seed = campaignSeed()

describe('a journey', () => {
  async function start(includeMembers = false) {
    const ctx = seed.contextOf()
    const buyers = await seed.segment({ orders: { minCount: 1 } })
    const template = await publishMessageTemplate(ctx, {
      idempotencyKey: key(),
      name: newId(),
      channel: 'EMAIL',
      subject: 's',
      body: '{{ coupon }}',
      variables: [{ name: 'coupon', kind: 'COUPON' }],
    })
    const { id: couponTemplateId } = await seed.couponTemplate({ stock: 1_000 })
    const nodes = [
      { wait: { id: 'wait', wait: 'PT1H', next: 'split' } },
      { split: { id: 'split', condition: { orders: { minCount: 2 } }, next: 'send', otherwise: 'end' } },
      { send: { id: 'send', messageTemplateId: template.id, purpose: 'marketing', couponTemplateId, next: 'end' } },
      { exit: { id: 'end' } },
    ]
    const trigger = { segmentEntered: { segmentId: buyers.id, includeMembers } }
    return publishJourney(ctx, { idempotencyKey: key(), name: newId(), trigger, nodes })
  }
  const entered = async () =>
    (await published(seed.test, SegmentEnteredSchema))
      .filter((one) => one.tenantId === seed.tenant)
      .map((one) => event(SegmentEnteredSchema, seed.tenant, { segmentId: one.segmentId, customerId: one.customerId }))
  const asked = async () => (await published(seed.test, MessageRequestedSchema)).filter((one) => one.tenantId === seed.tenant)

  it('waits, splits, sends once and ends; each customer enters once', async () => {
    await start()
    const [once, twice] = [await seed.meet(), await seed.meet()]
    await seed.hear(seed.order(once), seed.order(twice), seed.order(twice))
    await seed.evaluate()
    const entries = await entered()
    seed.clock = testClock(new Date(Date.now() + 1_000))
    await seed.hear(...entries)
    await seed.hear(...entries.map((one) => ({ ...one, eventId: newId() })))
    expect((await published(seed.test, JourneyEnteredSchema)).filter((one) => one.tenantId === seed.tenant)).toHaveLength(2)
    await seed.advanceAll()
    expect(await asked()).toEqual([])
    seed.clock.advance(3_700_000)
    await Promise.all([seed.advanceAll(), seed.advanceAll()])
    const messages = await asked()
    expect(messages.map((one) => one.profileId)).toEqual([twice.profileId])
    expect(messages[0]!.variables[0]).toMatchObject({ name: 'coupon', value: expect.stringMatching(/^[0-9A-Z*~$=]{17}$/) })
    const { rows } = await seed.test.owner.query('SELECT outcome FROM journey_entries WHERE tenant_id = $1', [seed.tenant])
    expect(rows).toEqual([{ outcome: 'EXIT' }, { outcome: 'EXIT' }])
  })

  it('is entered once by a person who was two customers', async () => {
    await start()
    const [a, b] = [await seed.meet(), await seed.meet()]
    await seed.hear(seed.order(a), seed.order(b))
    await seed.evaluate()
    const [first, second] = await entered()
    await seed.hear(first!)
    await seed.link(b.profileId, a.customerId, 2n)
    await seed.hear({ ...second!, eventId: newId() }, { ...first!, eventId: newId() })
    expect((await published(seed.test, JourneyEnteredSchema)).filter((one) => one.tenantId === seed.tenant)).toHaveLength(1)
  })

  it('refuses references that do not exist, or belong to another tenant', async () => {
    const other = await seed.segment({ orders: { minCount: 1 } })
    const trigger = { segmentEntered: { segmentId: other.id } }
    await expect(
      publishJourney(seed.contextOf(newId()), { idempotencyKey: key(), name: 'x', trigger, nodes: [{ exit: { id: 'end' } }] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { 'trigger.segmentEntered.segmentId': 'There is no such segment' } })
  })
})
