import { withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { newId } from '@renmai/platform/serve/ids'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, published } from '@renmai/platform/testing/events'
import { key, testClock, testContext } from '@renmai/platform/testing/viewers'
import { MessageRequestedSchema, SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Context } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import { advance } from '../src/journeys/advance-journeys.ts'
import { waitUntil } from '../src/journeys/nodes/wait-until.ts'
import { publishJourney } from '../src/journeys/publish-journey.ts'
import { createLoaders } from '../src/loaders.ts'
import { createSegment } from '../src/segments/create-segment.ts'
import { campaign } from '../src/service.ts'
import { publishTemplate } from '../src/templates/publish-template.ts'

let test: TestDatabase
let tenant: string
let clock: ReturnType<typeof testClock>
let segmentId: string
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), campaign)
})
beforeEach(async () => {
  tenant = newId()
  clock = testClock()
  segmentId = (await createSegment(contextOf(), { idempotencyKey: key(), name: newId(), definition: { orders: {} } })).id
})
afterAll(() => test.drop())

function contextOf(): Context {
  const base = testContext(test.db, tenant, clock.now)
  return { ...base, bus: undefined as never, cursors: new Cursors('c'.repeat(32)), load: createLoaders(base) }
}
const trigger = () => ({ segmentEntered: { segmentId } })
const publish = (nodes: object[]) => publishJourney(contextOf(), { idempotencyKey: key(), name: newId(), trigger: trigger(), nodes })

/** Somebody new enters the segment, by the clock of this test. */
async function enter(): Promise<void> {
  const person = { customerId: newId(), profileId: newId() }
  await deliver(test.db, 'campaign', handlers, [
    event(ProfileLinkedSchema, tenant, { ...person, version: 1n }),
    event(SegmentEnteredSchema, tenant, { segmentId, customerId: person.customerId }),
  ])
  await test.owner.query('UPDATE journey_entries SET due_at = $2 WHERE tenant_id = $1', [tenant, clock.now()])
}
const run = async () => {
  for (let done = 1; done > 0; ) done = await withTenant(test.db, tenant, (tx) => advance(tx, clock.now()))
}
const state = async () =>
  (await test.owner.query('SELECT node_id, due_at, outcome FROM journey_entries WHERE tenant_id = $1', [tenant])).rows

describe('a step that waits until a time of day', () => {
  const HOUR_MS = 3_600_000
  const untilOf = async (now: string, timeOfDay: string, zone: string | null) => {
    const node = { id: 'night', next: 'end', timeOfDay, zone }
    const step = { journeyId: newId(), node, entries: [{ id: newId(), profileId: newId() }], now: new Date(now) }
    const [move] = await withTenant(test.db, tenant, async (tx) => waitUntil.enter(tx, step))
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

  it("takes the tenant's zone where it names none", async () => {
    await withTenant(test.db, tenant, (tx) => rememberTenant(tx, { tenantId: tenant, zone: 'Europe/Berlin', currency: 'EUR' }))
    expect(await untilOf('2026-06-15T00:00:00Z', '09:00', null)).toBe('2026-06-15T07:00:00.000Z')
  })

  it('holds an entry there until then, and once', async () => {
    await publish([
      { waitUntil: { id: 'night', timeOfDay: '09:00', zone: 'Asia/Shanghai', next: 'later' } },
      { waitUntil: { id: 'later', timeOfDay: '09:30', zone: 'Asia/Shanghai', next: 'end' } },
      { exit: { id: 'end' } },
    ])
    await enter()
    await run()
    // The clock stands at 12:00 in Shanghai.
    expect(await state()).toEqual([{ node_id: 'night', due_at: new Date('2026-06-16T01:00:00Z'), outcome: null }])
    clock.advance(21 * HOUR_MS)
    await run()
    expect(await state()).toEqual([{ node_id: 'later', due_at: new Date('2026-06-16T01:30:00Z'), outcome: null }])
    clock.advance(HOUR_MS / 2)
    await run()
    expect(await state()).toEqual([{ node_id: 'end', due_at: null, outcome: 'EXIT' }])
  })
})

describe('a journey', () => {
  it('that an earlier release stored is entered and carried out', async () => {
    const body = { name: newId(), channel: 'EMAIL' as const, body: 'hello' }
    const { id: templateId } = await publishTemplate(contextOf(), { idempotencyKey: key(), ...body })
    const rest = { otherwise: null, waitSeconds: null, condition: null, templateId: null, purpose: null, couponTemplateId: null }
    const nodes = [
      { ...rest, variables: [], id: 'wait', type: 'WAIT', waitSeconds: 60, next: 'send' },
      { ...rest, variables: [], id: 'send', type: 'SEND', templateId, purpose: 'p', next: 'end' },
      { ...rest, variables: [], id: 'end', type: 'EXIT', next: null },
    ]
    const columns = [tenant, newId(), newId(), segmentId, JSON.stringify(nodes)]
    await test.owner.query('INSERT INTO journeys (tenant_id, id, name, segment_id, nodes) VALUES ($1, $2, $3, $4, $5)', columns)
    await enter()
    await run()
    clock.advance(60_000)
    await run()
    expect(await state()).toMatchObject([{ node_id: 'end', outcome: 'EXIT' }])
    expect((await published(test, MessageRequestedSchema)).filter((one) => one.tenantId === tenant)).toMatchObject([{ templateId }])
  })

  it('that names a template or a coupon which does not exist is not published', async () => {
    const send = { id: 'send', purpose: 'p', next: 'end' }
    const templateId = newId()
    await expect(publish([{ send: { ...send, templateId } }, { exit: { id: 'end' } }])).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `There is no template with the id ${templateId}`,
    })
    const body = { name: newId(), channel: 'EMAIL' as const, body: 'hello' }
    const { id } = await publishTemplate(contextOf(), { idempotencyKey: key(), ...body })
    const couponTemplateId = newId()
    await expect(publish([{ send: { ...send, templateId: id, couponTemplateId } }, { exit: { id: 'end' } }])).rejects.toMatchObject({
      message: `There is no coupon template with the id ${couponTemplateId}`,
    })
  })
})
