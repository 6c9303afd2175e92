import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { deliver, event, published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { ConsentWithdrawnSchema } from '@renmai/proto/compliance/v1/events'
import { MessageBlockedSchema } from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { expect, it } from 'vitest'
import { wecomSeed } from '../../test/wecom-seed.ts'
import { handlers } from '../handlers.ts'
import { dispatchMessages } from '../messages/dispatch-messages.ts'
import { runStaffTasks } from './run-staff-tasks.ts'

const seed = wecomSeed()
const CANCEL = '/cgi-bin/externalcontact/cancel_groupmsg_send'

const hear = (...events: Parameters<typeof deliver>[3]) => deliver(seed.test.db, 'engagement', handlers, events)
/** A person withdraws the consent: from then on the gate refuses these messages. */
async function withdraw(profileId: string, ...messageIds: string[]) {
  const { isAllowed } = seed
  seed.isAllowed = (id) => !messageIds.includes(id) && isAllowed(id)
  const consent = { consentId: newId(), purpose: 'marketing', channel: 'WECOM', at: timestampFromDate(new Date()) }
  await hear(event(ConsentWithdrawnSchema, seed.tenant, { ...consent, profileId }))
}
const taskStates = async () =>
  (await seed.rows('SELECT state FROM staff_tasks ORDER BY created_at, id')).map(({ state }) => state as string)
/** Messages of one task, which waits on the platform for its member. */
async function entrust(profiles: readonly string[]): Promise<string[]> {
  const ids = await seed.request(profiles)
  seed.work(dispatchMessages, runStaffTasks)
  await seed.becomes(ids, ...ids.map(() => 'WAITING_FOR_STAFF'))
  await eventually(async () => {
    await seed.hurry('staff_tasks')
    expect(await taskStates()).toEqual(['WAITING'])
  })
  return ids
}
/** Reads tasks until the messages are in these states. */
const settle = (ids: readonly string[], ...states: string[]) =>
  eventually(async () => {
    await seed.hurry('staff_tasks')
    expect(await Promise.all(ids.map(seed.stateOf))).toEqual(states)
  })

it('a message that was allowed and is refused before its task goes out is blocked, and the others go out', async () => {
  const profiles = await seed.meet('wmA', 'wmB')
  const ids = await seed.request(profiles)
  const [dispatching] = seed.work(dispatchMessages)
  await seed.becomes(ids, 'WAITING_FOR_STAFF', 'WAITING_FOR_STAFF')
  await dispatching!.stop()
  seed.isAllowed = (id) => id !== ids[0]
  seed.work(runStaffTasks)
  await settle(ids, 'BLOCKED WITHDRAWN', 'WAITING_FOR_STAFF')
  await eventually(async () => expect(await seed.tasks()).toMatchObject([{ members: [{ customers: ['wmB'] }] }]))
  const told = (await published(seed.test, MessageBlockedSchema)).find(({ messageId }) => messageId === ids[0])
  expect(told).toMatchObject({ profileId: profiles[0], reasons: ['WITHDRAWN'], decisionId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
})

it('a task of which no message is allowed any more is never created', async () => {
  const ids = await seed.request(await seed.meet('wmA'))
  const [dispatching] = seed.work(dispatchMessages)
  await seed.becomes(ids, 'WAITING_FOR_STAFF')
  await dispatching!.stop()
  seed.isAllowed = () => false
  seed.work(runStaffTasks)
  await settle(ids, 'BLOCKED WITHDRAWN')
  await eventually(async () => expect(await taskStates()).toEqual(['ENDED']))
  expect(await seed.tasks()).toEqual([])
})

it('a withdrawal cancels the waiting task: its message is blocked, and the others get another task', async () => {
  const profiles = await seed.meet('wmA', 'wmB')
  const ids = await entrust(profiles)
  await withdraw(profiles[0]!, ids[0]!)
  await settle(ids, 'BLOCKED WITHDRAWN', 'WAITING_FOR_STAFF')
  await eventually(async () => {
    await seed.hurry('staff_tasks')
    expect(await taskStates()).toEqual(['ENDED', 'WAITING'])
  })
  const tasks = await seed.tasks()
  const sizes = new Map(tasks.map(({ isCancelled, members }) => [isCancelled, members[0]!.customers.length]))
  expect([tasks.length, sizes.get(true), sizes.get(false)]).toEqual([2, 2, 1])
  await seed.confirm()
  await settle(ids, 'BLOCKED WITHDRAWN', 'SENT')
  const reached = (await seed.simulator.deliveries()).filter(({ channel }) => channel === 'WECOM').map(({ to }) => to)
  expect(reached.filter((to) => to === 'wmA' || to === 'wmB')).toEqual(['wmB'])
})

it('a withdrawal by another profile of the same customer counts, and one that the gate does not apply changes nothing', async () => {
  const [ann, bob] = await seed.meet('wmA', 'wmB')
  const [customerId, other] = [newId(), newId()]
  const links = [ann!, other].map((profileId) => event(ProfileLinkedSchema, seed.tenant, { profileId, customerId, version: 1n }))
  await hear(...links)
  const ids = await entrust([ann!, bob!])
  await withdraw(bob!)
  await eventually(async () => {
    await seed.hurry('staff_tasks')
    expect(await seed.rows('SELECT 1 FROM messages WHERE doubt IS NOT NULL')).toEqual([])
  })
  expect([await taskStates(), (await seed.tasks())[0]!.isCancelled]).toEqual([['WAITING'], false])
  await withdraw(other, ids[0]!)
  await settle(ids, 'BLOCKED WITHDRAWN', 'WAITING_FOR_STAFF')
})

it('a message that the member has sent before stays sent', async () => {
  const [ann] = await seed.meet('wmA')
  const ids = await entrust([ann!])
  await seed.confirm()
  await withdraw(ann!, ids[0]!)
  await settle(ids, 'SENT')
})

it('a task that the platform does not cancel now is cancelled later', async () => {
  const [ann] = await seed.meet('wmA')
  const ids = await entrust([ann!])
  await seed.simulator.fault(CANCEL, 'rate-limit', 2)
  await withdraw(ann!, ids[0]!)
  await settle(ids, 'BLOCKED WITHDRAWN')
  expect((await seed.tasks())[0]!.isCancelled).toBe(true)
})
