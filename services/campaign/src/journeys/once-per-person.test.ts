import { newId } from '@renmai/platform/serve/ids'
import { event, published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { MessageRequestedSchema, SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { campaignSeed, type Person } from '../../test/seed.ts'
import { publishMessageTemplate } from '../message-templates/publish-message-template.ts'
import { publishJourney } from './publish-journey.ts'

const seed = campaignSeed()
const HOUR_MS = 3_600_000

let segmentId: string
let messageTemplateId: string
beforeEach(() => prepare())

async function prepare() {
  seed.tenant = newId()
  segmentId = (await seed.segment({ orders: { minCount: 99 } })).id
  const body = { name: 't', channel: 'EMAIL' as const, subject: 's', body: 'x' }
  messageTemplateId = (await publishMessageTemplate(seed.contextOf(), { idempotencyKey: key(), ...body })).id
}

/** Buyers wait for an hour, others for two; all get the same message. */
async function start() {
  const send = { messageTemplateId, purpose: 'p' }
  const nodes = [
    { split: { id: 'split', condition: { orders: {} }, next: 'soon', otherwise: 'late' } },
    { wait: { id: 'soon', wait: 'PT1H', next: 'send' } },
    { wait: { id: 'late', wait: 'PT2H', next: 'send' } },
    { send: { id: 'send', ...send, next: 'rest' } },
    { wait: { id: 'rest', wait: 'PT4H', next: 'end' } },
    { exit: { id: 'end' } },
  ]
  return publishJourney(seed.contextOf(), { idempotencyKey: key(), name: newId(), trigger: { segmentEntered: { segmentId } }, nodes })
}

async function enter({ customerId }: { customerId: string }) {
  await seed.hear(event(SegmentEnteredSchema, seed.tenant, { segmentId, customerId }))
  await alignClocks()
}
/** Entries begin by the clock of the database; those of this test begin by its own clock. */
const alignClocks = () =>
  seed.test.owner.query(
    `UPDATE journey_entries SET due_at = $2, entered_at = $2 WHERE tenant_id = $1 AND node_id = 'split' AND outcome IS NULL`,
    [seed.tenant, seed.clock.now()],
  )
const pass = async (hours: number) => {
  seed.clock.advance(hours * HOUR_MS)
  await seed.advanceAll()
}
const mailed = async () =>
  (await published(seed.test, MessageRequestedSchema)).filter((one) => one.tenantId === seed.tenant).map((one) => one.profileId)
const outcomes = async () =>
  (
    await seed.test.owner.query<{ profile_id: string; outcome: string | null }>(
      'SELECT profile_id, outcome FROM journey_entries WHERE tenant_id = $1 ORDER BY entered_at, id',
      [seed.tenant],
    )
  ).rows.map(({ profile_id, outcome }) => [profile_id, outcome])

describe('two records of one person in a journey', () => {
  it('that both wait become one entry when they merge, and the person is mailed once', async () => {
    await start()
    const [a, b] = [await seed.meet(), await seed.meet()]
    await enter(a)
    await seed.advanceAll()
    seed.clock.advance(1_000)
    await enter(b)
    await seed.advanceAll()
    await seed.link(b.profileId, a.customerId, 2n)
    expect(await outcomes()).toEqual([
      [a.profileId, null],
      [b.profileId, 'MERGED'],
    ])
    await pass(3)
    expect(await mailed()).toEqual([a.profileId])
  })

  it('go on as two when they are found to be two people, each from where it was', async () => {
    await start()
    const [a, b, c] = [await seed.meet(), await seed.meet(), await seed.meet()]
    for (const one of [a, b, c]) {
      await enter(one)
      await seed.advanceAll()
      seed.clock.advance(1_000)
    }
    await seed.link(b.profileId, a.customerId, 2n)
    await seed.link(c.profileId, a.customerId, 2n)
    expect((await outcomes()).map(([, outcome]) => outcome)).toEqual([null, 'MERGED', 'MERGED'])
    await pass(3)
    expect(await mailed()).toEqual([a.profileId])
    // The two that leave together are one person still.
    const both = newId()
    await seed.link(b.profileId, both, 3n)
    await seed.link(c.profileId, both, 3n)
    expect((await outcomes()).map(([, outcome]) => outcome)).toEqual([null, null, 'MERGED'])
    await pass(9)
    expect(await mailed()).toEqual([a.profileId, b.profileId])
    await seed.link(c.profileId, c.customerId, 4n)
    await pass(9)
    expect(await mailed()).toEqual([a.profileId, b.profileId, c.profileId])
  })

  it('of whom one is ahead by another way: the one that goes on is not mailed again', async () => {
    await start()
    const [a, b] = [await seed.meet(), await seed.meet()]
    await seed.hear(seed.order(b))
    await enter(a)
    await seed.advanceAll()
    seed.clock.advance(1_000)
    await enter(b)
    await seed.advanceAll()
    await pass(1)
    expect(await mailed()).toEqual([b.profileId])
    await seed.link(b.profileId, a.customerId, 2n)
    await pass(9)
    await pass(9)
    expect(await mailed()).toEqual([b.profileId])
    expect(await outcomes()).toEqual([
      [a.profileId, 'EXIT'],
      [b.profileId, 'MERGED'],
    ])
  })

  it('of whom one has ended: the other does not go on', async () => {
    await start()
    const [a, b] = [await seed.meet(), await seed.meet()]
    await enter(a)
    await pass(2)
    await pass(9)
    await enter(b)
    await seed.advanceAll()
    await seed.link(b.profileId, a.customerId, 2n)
    await pass(9)
    expect(await mailed()).toEqual([a.profileId])
  })
})

it('whatever the order of entries, merges, unmerges and steps: no person gets a message twice, and no entry stays behind', async () => {
  type Act = 'enterA' | 'enterB' | 'buyB' | 'merge' | 'unmerge' | 'hour'
  const acts = fc.array(fc.constantFrom<Act>('enterA', 'enterB', 'buyB', 'merge', 'unmerge', 'hour', 'hour'), {
    minLength: 4,
    maxLength: 14,
  })
  await fc.assert(
    fc.asyncProperty(acts, async (script) => {
      await prepare()
      await start()
      const [a, b] = [await seed.meet(), await seed.meet()] as [Person, Person]
      const customerOf = new Map([a, b].map(({ profileId, customerId }) => [profileId, customerId]))
      let version = 2n
      const move = async (customerId: string) => {
        customerOf.set(b.profileId, customerId)
        await seed.link(b.profileId, customerId, version++)
      }
      const got: string[] = []
      const does: Record<Act, () => Promise<unknown>> = {
        enterA: () => enter(a),
        enterB: () => enter({ customerId: customerOf.get(b.profileId)! }),
        buyB: () => seed.hear(seed.order(b)),
        merge: () => move(a.customerId),
        unmerge: () => move(b.customerId),
        hour: () => pass(1),
      }
      for (const act of [...script, ...Array<Act>(8).fill('hour')]) {
        await does[act]()
        const sent = (await mailed()).slice(got.length)
        for (const profileId of sent) {
          const persons = got.map((one) => customerOf.get(one))
          expect(persons, script.join(' ')).not.toContain(customerOf.get(profileId))
          got.push(profileId)
        }
      }
      expect(new Set(got).size, script.join(' ')).toBe(got.length)
      expect((await outcomes()).filter(([, outcome]) => outcome === null)).toEqual([])
      if (!script.includes('merge')) expect(got).toHaveLength((await outcomes()).length)
    }),
    { numRuns: 25 },
  )
})
