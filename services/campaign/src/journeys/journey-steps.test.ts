import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { event, published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { MessageRequestedSchema, SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { beforeEach, describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'
import { waitUntil } from './nodes/wait-until.ts'
import { publishJourney } from './publish-journey.ts'

const seed = campaignSeed()

let segmentId: string
beforeEach(async () => {
  segmentId = (await seed.segment({ orders: {} })).id
})
const trigger = () => ({ segmentEntered: { segmentId } })
const publish = (nodes: object[]) => publishJourney(seed.contextOf(), { idempotencyKey: key(), name: newId(), trigger: trigger(), nodes })

/** A new customer enters the segment, by the clock of this test. */
async function enter(): Promise<void> {
  const person = { customerId: newId(), profileId: newId() }
  await seed.hear(
    event(ProfileLinkedSchema, seed.tenant, { ...person, version: 1n }),
    event(SegmentEnteredSchema, seed.tenant, { segmentId, customerId: person.customerId }),
  )
  await seed.test.owner.query('UPDATE journey_entries SET due_at = $2 WHERE tenant_id = $1', [seed.tenant, seed.clock.now()])
}
const state = async () =>
  (await seed.test.owner.query('SELECT node_id, due_at, outcome FROM journey_entries WHERE tenant_id = $1', [seed.tenant])).rows

describe('a step that waits until a time of day', () => {
  const HOUR_MS = 3_600_000
  const untilOf = async (now: string, timeOfDay: string, zone: string | null) => {
    const node = { id: 'night', next: 'end', timeOfDay, zone }
    const step = { journeyId: newId(), node, entries: [{ id: newId(), profileId: newId() }], now: new Date(now) }
    const [move] = await withTenant(seed.test.db, seed.tenant, async (tx) => waitUntil.enter(tx, step))
    return (move as { until: Date }).until.toISOString()
  }

  it.each([
    ['later today', '2026-06-15T00:30:00Z', '09:00', 'Asia/Shanghai', '2026-06-15T01:00:00.000Z'],
    ['now', '2026-06-15T01:00:00Z', '09:00', 'Asia/Shanghai', '2026-06-15T01:00:00.000Z'],
    ['tomorrow', '2026-06-15T01:00:00.001Z', '09:00', 'Asia/Shanghai', '2026-06-16T01:00:00.000Z'],
    ['on the day of the zone', '2026-06-15T20:00:00Z', '09:00', 'Asia/Shanghai', '2026-06-16T01:00:00.000Z'],
    ['by summer time', '2026-06-15T00:00:00Z', '09:00', 'America/New_York', '2026-06-15T13:00:00.000Z'],
    ['by winter time', '2026-12-15T00:00:00Z', '09:00', 'America/New_York', '2026-12-15T14:00:00.000Z'],
    ['later where clocks skip the time', '2026-03-08T05:00:00Z', '02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
  ])('goes on %s', async (_when, now, timeOfDay, zone, until) => expect(await untilOf(now, timeOfDay, zone)).toBe(until))

  it("uses the tenant's zone where it names none", async () => {
    await withTenant(seed.test.db, seed.tenant, (tx) =>
      rememberTenant(tx, { tenantId: seed.tenant, zone: 'Europe/Berlin', currency: 'EUR' }),
    )
    expect(await untilOf('2026-06-15T00:00:00Z', '09:00', null)).toBe('2026-06-15T07:00:00.000Z')
  })

  it('holds an entry until then, and only once', async () => {
    await publish([
      { waitUntil: { id: 'night', timeOfDay: '09:00', zone: 'Asia/Shanghai', next: 'later' } },
      { waitUntil: { id: 'later', timeOfDay: '09:30', zone: 'Asia/Shanghai', next: 'end' } },
      { exit: { id: 'end' } },
    ])
    await enter()
    await seed.advanceAll()
    // The clock shows 12:00 in Shanghai.
    expect(await state()).toEqual([{ node_id: 'night', due_at: new Date('2026-06-16T01:00:00Z'), outcome: null }])
    seed.clock.advance(21 * HOUR_MS)
    await seed.advanceAll()
    expect(await state()).toEqual([{ node_id: 'later', due_at: new Date('2026-06-16T01:30:00Z'), outcome: null }])
    seed.clock.advance(HOUR_MS / 2)
    await seed.advanceAll()
    expect(await state()).toEqual([{ node_id: 'end', due_at: null, outcome: 'EXIT' }])
  })
})

describe('a journey', () => {
  it('that an earlier release stored is entered and carried out', async () => {
    const body = { name: newId(), channel: 'EMAIL' as const, body: 'hello' }
    const { id: templateId } = await publishMessageTemplate(seed.contextOf(), { idempotencyKey: key(), ...body })
    const rest = { otherwise: null, waitSeconds: null, condition: null, templateId: null, purpose: null, couponTemplateId: null }
    const nodes = [
      { ...rest, variables: [], id: 'wait', type: 'WAIT', waitSeconds: 60, next: 'send' },
      { ...rest, variables: [], id: 'send', type: 'SEND', templateId, purpose: 'p', next: 'end' },
      { ...rest, variables: [], id: 'end', type: 'EXIT', next: null },
    ]
    const columns = [seed.tenant, newId(), newId(), segmentId, JSON.stringify(nodes)]
    await seed.test.owner.query('INSERT INTO journeys (tenant_id, id, name, segment_id, nodes) VALUES ($1, $2, $3, $4, $5)', columns)
    await enter()
    await seed.advanceAll()
    seed.clock.advance(60_000)
    await seed.advanceAll()
    expect(await state()).toMatchObject([{ node_id: 'end', outcome: 'EXIT' }])
    expect((await published(seed.test, MessageRequestedSchema)).filter((one) => one.tenantId === seed.tenant)).toMatchObject([
      { templateId },
    ])
  })

  it('that names a template or a coupon which does not exist is not published', async () => {
    const send = { id: 'send', purpose: 'p', next: 'end' }
    const templateId = newId()
    await expect(publish([{ send: { ...send, messageTemplateId: templateId } }, { exit: { id: 'end' } }])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      fields: { 'nodes.0.send.messageTemplateId': 'There is no such message template' },
    })
    const body = { name: newId(), channel: 'EMAIL' as const, body: 'hello' }
    const { id } = await publishMessageTemplate(seed.contextOf(), { idempotencyKey: key(), ...body })
    const couponTemplateId = newId()
    await expect(publish([{ send: { ...send, messageTemplateId: id, couponTemplateId } }, { exit: { id: 'end' } }])).rejects.toMatchObject({
      fields: { 'nodes.0.send.couponTemplateId': 'There is no such coupon template' },
    })
  })
})
