import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Deps } from '../context.ts'
import { handlers } from '../handlers.ts'
import { createLoaders } from '../loaders.ts'
import { queues } from '../queues.ts'
import { campaign } from '../service.ts'
import { createSegment } from './create-segment.ts'

/** More clauses than the limit allows; such a condition was stored before the limit existed. */
const TOO_LONG = { all: Array(20).fill({ any: Array(20).fill({ orders: {} }) }) }
/** The first id sorts before the second. */
const [first, second] = [newId(), newId()].toSorted() as [string, string]

let test: TestDatabase
let stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), campaign)
  const worker = { db: test.db, relayDb: test.relayDb, log: createLog('test', 'silent'), now: () => new Date() } as Deps
  stops = runQueues(worker, queues).map((loop) => loop.stop)
})
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()))
  await test.drop()
})

const segment = (tenantId: string) => {
  const base = testContext(test.db, tenantId)
  const ctx = {
    ...base,
    bus: undefined as never,
    cursors: new Cursors('c'.repeat(32)),
    templates: new Templates(),
    load: createLoaders({ ...base, cursors: new Cursors('c'.repeat(32)) }),
  }
  return createSegment(ctx, { idempotencyKey: key(), name: newId(), definition: { not: { orders: {} } } })
}
const look = async (id: string) => (await test.owner.query('SELECT * FROM segments WHERE id = $1', [id])).rows[0]
const members = async (id: string) => (await test.owner.query('SELECT 1 FROM segment_members WHERE segment_id = $1', [id])).rowCount
const meet = (tenantId: string) =>
  deliver(test.db, 'campaign', handlers, [event(ProfileLinkedSchema, tenantId, { profileId: newId(), customerId: newId(), version: 1n })])

describe('a segment that cannot be evaluated', () => {
  it('is set aside with its problem after three attempts, and delays no other segment, of its tenant or of later ones', async () => {
    const bad = await segment(first)
    await eventually(async () => expect((await look(bad.id)).swept_at).not.toBeNull())
    await test.owner.query('UPDATE segments SET definition = $2 WHERE id = $1', [bad.id, JSON.stringify(TOO_LONG)])
    await meet(first)
    await eventually(async () => expect(await look(bad.id)).toMatchObject({ attempts: 1, problem: expect.stringContaining('INVALID') }))
    const [beside, later] = [await segment(first), await segment(second)]
    await meet(first)
    await meet(second)
    await eventually(async () => expect([await members(beside.id), await members(later.id)]).toEqual([2, 1]))
    for (const attempts of [2, 3]) {
      await test.owner.query('UPDATE segments SET next_at = now() WHERE id = $1', [bad.id])
      await segment(second)
      await eventually(async () => expect((await look(bad.id)).attempts).toBe(attempts))
    }
    expect(await look(bad.id)).toMatchObject({ next_at: null, parked_at: expect.any(Date) })
  })
})
