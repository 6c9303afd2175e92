import { AckPolicy } from '@nats-io/jetstream'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { busSeed, log, SERVICE, tenant } from '../../test/bus-seed.ts'
import { COLUMNS, insert } from '../../test/counters-seed.ts'
import { counters } from '../../test/fixture.ts'
import { withTenant } from '../db/db.ts'
import { rememberTenant } from '../db/tenants.ts'
import { answerAll } from '../events/ask.ts'
import { consumeAll } from '../events/consume.ts'
import { type Handler, ofState, on } from '../events/inbox.ts'
import { publish } from '../events/outbox.ts'
import { startRelay } from '../events/relay.ts'
import { AppError } from '../serve/errors.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { runQueues } from '../work/run-queues.ts'
import { answerResend } from './answer-resend.ts'
import { askAsNewcomer } from './ask-as-newcomer.ts'
import { resendQueue } from './resend-queue.ts'
import { snapshot } from './snapshot.ts'
import { startResend } from './start-resend.ts'

const seed = busSeed()
const COUNT = 1_300
const COPIES = 'newcomer_copies'
let newcomer: TestDatabase
const stops: (() => unknown)[] = []
beforeAll(async () => {
  newcomer = await testDatabase(inject('postgresUrl'), counters)
})
beforeEach(async () => {
  await seed.test.owner.query('TRUNCATE resends, known_tenants')
  await newcomer.owner.query('TRUNCATE inbox, counters')
  await withTenant(seed.test.db, tenant, (tx) => rememberTenant(tx, { tenantId: tenant, zone: 'UTC', currency: 'CNY' }))
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(() => newcomer.drop())

let read = 0
/** What pages after the first wait for. */
let interrupted: PromiseWithResolvers<void> | undefined
/** The state: counters by their id, with their value as the version. */
const links = snapshot(ProfileLinkedSchema, {
  name: 'links',
  rows: async ({ client, tenantId }, { after, limit }) => {
    read++
    if (after !== null) await interrupted?.promise
    const page = 'SELECT id, value FROM counters WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3'
    return (await client.query<{ id: string; value: number }>(page, [tenantId, after, limit])).rows
  },
  position: ({ id }) => id,
  events: (rows) => rows.map(linkOf),
})
const linkOf = ({ id, value }: { id: string; value: number }) => ({ profileId: id, customerId: id, version: BigInt(value) })

/** A projection of it in the newcomer's database. */
const copies = (heard: string[] = []): Handler =>
  ofState(
    on(
      ProfileLinkedSchema,
      'copies',
      async (tx, events) => {
        for (const { profileId, version } of events) {
          heard.push(profileId)
          await tx.client.query(
            `INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, id) DO UPDATE SET value = excluded.value WHERE counters.value < excluded.value`,
            [tx.tenantId, profileId, Number(version)],
          )
        }
      },
      [SERVICE],
    ),
  )

/** A reaction to them. */
const ofMoments = (heard: string[]): Handler =>
  on(ProfileLinkedSchema, 'other', async (_tx, events) => void heard.push(...events.map((one) => one.profileId)), [SERVICE])

/** Earlier facts: the stream has none of them. */
const happenedLongAgo = (count = COUNT) =>
  withTenant(seed.test.db, tenant, (tx) =>
    insert(
      tx,
      'counters',
      COLUMNS,
      Array.from({ length: count }, () => ({ id: newId(), value: 1 })),
    ),
  )
const change = (limit: number) =>
  withTenant(seed.test.db, tenant, async (tx) => {
    const { rows } = await tx.client.query<{ id: string; value: number }>(
      'UPDATE counters SET value = value + 1 WHERE id IN (SELECT id FROM counters ORDER BY random() LIMIT $1) RETURNING id, value',
      [limit],
    )
    await publish(tx, ProfileLinkedSchema, ...rows.map(linkOf))
  })
const stateOf = async ({ owner }: TestDatabase) => (await owner.query('SELECT id, value FROM counters ORDER BY id')).rows
const resends = async () => (await seed.test.owner.query('SELECT * FROM resends')).rows

function startPublisher(): () => Promise<unknown> {
  const publisher = { ...seed.test, bus: seed.bus, log }
  const loops = [startRelay(seed.test.relayDb, seed.bus, SERVICE), ...runQueues(publisher, [resendQueue(SERVICE, [links])])]
  const stopAnswers = answerAll(seed.bus, SERVICE, [answerResend(seed.test.db, seed.test.relayDb, SERVICE, [links])])
  let stopped: Promise<unknown> | undefined
  const stop = () => (stopped ??= Promise.all([stopAnswers(), ...loops.map((one) => one.stop())]))
  stops.push(stop)
  return stop
}

function startNewcomer(...handlers: Handler[]): void {
  const running = consumeAll(seed.bus, newcomer.db, 'newcomer', handlers)
  const asking = askAsNewcomer(newcomer.relayDb, seed.bus, 'newcomer', handlers, () => true)
  stops.push(() => Promise.all([asking.stop(), ...running.map((one) => one.stop())]))
}

const isEqual = () => eventually(async () => expect(await stateOf(newcomer)).toEqual(await stateOf(seed.test)))

it('a consumer that comes weeks later gets the earlier state, while changes go on, and others get only the changes', async () => {
  await happenedLongAgo()
  startPublisher()
  const heard: string[] = []
  startNewcomer(copies(), ofMoments(heard))
  for (let round = 0; round < 10; round++) await change(20)
  await isEqual()
  await eventually(async () => expect(await resends()).toMatchObject([{ next_at: null, ended_at: expect.any(Date), consumer: COPIES }]))
  await eventually(() => expect(heard).toHaveLength(200))
})

it('a resend that was interrupted goes on where it was', async () => {
  await happenedLongAgo()
  startNewcomer(copies())
  interrupted = Promise.withResolvers<void>()
  interrupted.promise.catch(() => undefined)
  const stop = startPublisher()
  await eventually(async () => expect((await resends())[0]).toMatchObject({ after: expect.any(String), published: 500 }))
  interrupted.reject(new AppError('UNAVAILABLE', 'The database goes away'))
  await stop()
  interrupted = undefined
  expect((await resends())[0]).toMatchObject({ published: 500, problem: 'UNAVAILABLE: The database goes away' })
  await seed.test.owner.query('UPDATE resends SET next_at = now()')
  read = 0
  startPublisher()
  await isEqual()
  await eventually(async () => expect(await resends()).toMatchObject([{ next_at: null, published: COUNT }]))
  expect(read).toBe(2)
})

it('a consumer requests it once, and one that has handled events before does not', async () => {
  await happenedLongAgo(3)
  startPublisher()
  startNewcomer(copies())
  await isEqual()
  for (const stop of stops.splice(0)) await stop()
  await seed.bus.manager.consumers.delete(SERVICE, COPIES)
  await seed.test.owner.query('TRUNCATE resends')
  startPublisher()
  startNewcomer(copies())
  await eventually(async () =>
    expect((await seed.bus.manager.consumers.info(SERVICE, COPIES)).config.metadata).toMatchObject({ renmai_state_requested: 'true' }),
  )
  expect(await resends()).toEqual([])
})

it('of what does not exist is parked, or refused', async () => {
  const start = (snapshotName: string, consumer: string, tenantId = tenant) =>
    startResend(seed.test.db, seed.test.relayDb, { snapshot: snapshotName, consumer, tenantId })
  await expect(start('links', COPIES, newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect([await start('links', 'nobody'), await start('links', 'nobody'), await start('nothing', COPIES)]).toEqual([1, 0, 1])
  startPublisher()
  const problems = async () => new Set((await resends()).map((row) => row.problem))
  await eventually(async () =>
    expect(await problems()).toEqual(
      new Set(['NOT_FOUND: identity has no snapshot nothing', 'NOT_FOUND: No consumer nobody reads the stream identity']),
    ),
  )
})

it('a handler that reacts to moments never reads what is published again', async () => {
  await happenedLongAgo(3)
  startPublisher()
  const heard: string[] = []
  startNewcomer(ofMoments(heard))
  await eventually(() => seed.bus.manager.consumers.info(SERVICE, 'newcomer_other'))
  await startResend(seed.test.db, seed.test.relayDb, { snapshot: 'links', consumer: 'newcomer_other', tenantId: tenant })
  await eventually(async () =>
    expect(await resends()).toMatchObject([
      { problem: expect.stringMatching(/^INVALID: newcomer_other keeps no state of /), published: 0 },
    ]),
  )
  const filters = [`${ProfileLinkedSchema.typeName}.${SERVICE}.*`]
  await stops.pop()!()
  await seed.bus.manager.consumers.update(SERVICE, 'newcomer_other', { filter_subjects: [...filters, `${filters[0]}.newcomer_other`] })
  startNewcomer(ofMoments(heard))
  const info = () => seed.bus.manager.consumers.info(SERVICE, 'newcomer_other')
  await eventually(async () => expect((await info()).config.filter_subjects).toEqual(filters))
  expect(heard).toEqual([])
})

it('a consumer of the previous release, with one filter, continues where it was, and gets what is sent again', async () => {
  await happenedLongAgo(3)
  const type = ProfileLinkedSchema.typeName
  const before = { durable_name: COPIES, ack_policy: AckPolicy.Explicit, filter_subject: `${type}.${SERVICE}.*`, ack_wait: 30e9 }
  await seed.bus.manager.consumers.add(SERVICE, { ...before, max_ack_pending: 128, max_deliver: -1 })
  startPublisher()
  for (let start = 0; start < 2; start++) {
    startNewcomer(copies())
    await isEqual()
    await stops.pop()!()
    await change(1)
  }
})
