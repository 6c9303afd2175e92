import { type Tx, withTenant } from '@renmai/platform/db/db'
import { createEgress } from '@renmai/platform/secrets/egress'
import { idFrom, newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { MessageBlockedSchema, MessageFailedSchema, MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import { beforeEach, describe, expect, it } from 'vitest'
import { addressIdOf } from '../../test/neighbours.ts'
import { engagementSeed } from '../../test/seed.ts'
import { connectAccount } from '../channels/connect-account.ts'
import { claimMessages, markSending, settleAbandoned } from './claim-messages.ts'
import { dispatchMessages } from './dispatch-messages.ts'
import { recordHandovers } from './record-handovers.ts'

const seed = engagementSeed()

const dispatching = () => seed.work([dispatchMessages])

describe('dispatch', () => {
  beforeEach(async () => {
    seed.startIdentity()
  })

  it('sends once what the gate allows and blocks the rest, each with its receipt', async () => {
    const mail = await seed.startMail()
    const [yes, no] = await seed.request(2)
    seed.startGate((id) => id === yes)
    dispatching()
    await eventually(async () => expect([(await seed.stateOf(yes!)).state, (await seed.stateOf(no!)).state]).toEqual(['SENT', 'BLOCKED']))
    expect(mail.accepted).toBe(1)
    expect(await seed.stateOf(no!)).toMatchObject({ reasons: ['WITHDRAWN'], decision_id: idFrom('d', no!) })
    expect((await published(seed.test, MessageSentSchema)).filter((one) => one.messageId === yes)).toHaveLength(1)
    expect((await published(seed.test, MessageBlockedSchema)).filter((one) => one.messageId === no)).toHaveLength(1)
  })

  it('queries the gate about the address that the message goes to', async () => {
    const mail = await seed.startMail()
    const [yes, no] = await seed.request(2)
    const { rows } = await seed.test.owner.query<{ id: string }>('SELECT profile_id AS id FROM messages WHERE id = $1', [yes])
    const address = addressIdOf(`${rows[0]!.id}@mail.example`)
    seed.startGate((_id, identifierId) => identifierId === address)
    dispatching()
    await eventually(async () => expect([(await seed.stateOf(yes!)).state, (await seed.stateOf(no!)).state]).toEqual(['SENT', 'BLOCKED']))
    expect(mail.accepted).toBe(1)
  })

  it('waits while the gate does not answer, and never sends', async () => {
    const mail = await seed.startMail()
    const [id] = await seed.request()
    dispatching()
    await eventually(async () => expect((await seed.stateOf(id!)).reasons).toEqual(['GATE_OR_IDENTITY_UNAVAILABLE']))
    expect(mail.accepted).toBe(0)
    seed.startGate(true)
    await eventually(async () => expect((await seed.stateOf(id!)).state).toBe('SENT'))
  })

  it('does not send a message again that was being handed over when the worker died', async () => {
    const mail = await seed.startMail()
    const [id] = await seed.request()
    await seed.test.owner.query(
      "UPDATE messages SET state = 'SENDING', attempt_id = $2, lease_until = now() - interval '1 second' WHERE id = $1",
      [id, newId()],
    )
    seed.startGate(true)
    dispatching()
    await eventually(async () => expect(await seed.stateOf(id!)).toMatchObject({ state: 'UNKNOWN', reasons: ['ABANDONED'] }))
    expect(mail.accepted).toBe(0)
    expect((await published(seed.test, MessageFailedSchema)).find((one) => one.messageId === id)).toMatchObject({ isUnknown: true })
  })

  it('does not send a message again that was handed over when the database fails while the outcomes are recorded', async () => {
    const mail = await seed.startMail()
    const ids = await seed.request(2)
    const states = async () => (await Promise.all(ids.map(seed.stateOf))).map(({ state }) => state).sort((a, b) => a.localeCompare(b))
    mail.beforeAnswer = async (no) => {
      if (no !== 2) return
      await eventually(async () => expect(await states()).toEqual(['SENDING', 'SENT']))
      // Longer than a statement waits for a lock, and shorter than the worker then waits to release its messages.
      await seed.test.owner.query("BEGIN; SELECT 1 FROM messages WHERE state = 'SENDING' FOR UPDATE")
      setTimeout(() => void seed.test.owner.query('COMMIT'), 4_000)
    }
    seed.startGate(true)
    const first = dispatching()
    await eventually(async () => expect(mail.accepted).toBe(2))
    // It ends when the work under way has ended, also its attempt to release its messages.
    await Promise.all(first.map((one) => one.stop()))
    const [third] = await seed.request()
    dispatching()
    await eventually(async () => expect(await seed.stateOf(third!)).toMatchObject({ state: 'SENT' }))
    expect([mail.accepted, await states()]).toEqual([3, ['SENDING', 'SENT']])
  })

  it('connects to no internal mail server, neither by its IP address nor by a name that resolves to one', async () => {
    const connect = (host: string, port = 587) =>
      connectAccount(seed.contextOf(), 'SMTP', { idempotencyKey: key(), name: 'm', host, port, from: 'a@renmai.example' })
    for (const host of ['10.0.0.5', 'postgres', '[::1]', '169.254.169.254'])
      await expect(connect(host)).rejects.toMatchObject({ code: 'INVALID', fields: { host: 'must be a public host' } })
    await connectAccount({ ...seed.contextOf(), egress: createEgress([], 'smtp', [587]) }, 'SMTP', {
      idempotencyKey: key(),
      name: 'm',
      host: 'mail.example.com',
      port: 587,
      from: 'a@renmai.example',
    })
    const inside = { ...seed.worker, egress: createEgress([], 'smtp', [587], async () => ['10.0.0.5']) }
    const [id] = await seed.request()
    seed.startGate(true)
    seed.work([dispatchMessages], inside)
    await eventually(async () => expect(await seed.stateOf(id!)).toMatchObject({ state: 'REJECTED', reasons: ['SMTP_HOST_REFUSED'] }))
  })

  it('plans a message again that was only claimed, and ends a message that the platform refuses', async () => {
    const mail = await seed.startMail()
    mail.refuse = true
    const [id] = await seed.request()
    await seed.test.owner.query(
      "UPDATE messages SET state = 'CLAIMED', attempt_id = $2, lease_until = now() - interval '1 second' WHERE id = $1",
      [id, newId()],
    )
    seed.startGate(true)
    dispatching()
    await eventually(async () => expect(await seed.stateOf(id!)).toMatchObject({ state: 'REJECTED', reasons: ['SMTP_550'] }))
  })

  it('ends UNKNOWN when the platform accepted and did not answer', async () => {
    const mail = await seed.startMail()
    mail.hang = true
    const [id] = await seed.request()
    seed.startGate(true)
    dispatching()
    await eventually(async () => expect((await seed.stateOf(id!)).state).toBe('UNKNOWN'))
    expect(mail.accepted).toBe(1)
  })

  it('a worker that was frozen past its lease can neither send nor record a message that another one has claimed', async () => {
    const [id] = await seed.request()
    const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(seed.test.db, seed.tenant, work)
    const mark = (attemptId: string) => inTenant((tx) => markSending(tx, attemptId, [{ id: id!, decisionId: newId(), accountId: newId() }]))
    const [frozen] = await claimMessages(seed.test.db, seed.tenant, 10)
    await seed.test.owner.query("UPDATE messages SET lease_until = now() - interval '1 second'")
    expect(await mark(frozen!.attemptId!)).toEqual(new Set())
    await inTenant((tx) => settleAbandoned(tx, new Date()))
    const [other] = await claimMessages(seed.test.db, seed.tenant, 10)
    expect(await mark(frozen!.attemptId!)).toEqual(new Set())
    expect(await mark(other!.attemptId!)).toEqual(new Set([id]))
    const sent = { message: frozen!, decisionId: newId(), handover: { outcome: 'SENT' as const, providerId: 'p' } }
    await inTenant((tx) => recordHandovers(tx, frozen!.attemptId!, [sent], new Date()))
    expect((await seed.stateOf(id!)).state).toBe('SENDING')
  })

  it('a slow platform does not let a message pass for one of a dead worker: being sent has a lease of its own', async () => {
    const [id] = await seed.request()
    const [held] = await claimMessages(seed.test.db, seed.tenant, 10)
    // The others of its batch took most of the lease of the claim.
    await seed.test.owner.query("UPDATE messages SET lease_until = now() + interval '1 second'")
    await withTenant(seed.test.db, seed.tenant, (tx) =>
      markSending(tx, held!.attemptId!, [{ id: id!, decisionId: newId(), accountId: newId() }]),
    )
    const { rows } = await seed.test.owner.query("SELECT lease_until > now() + interval '50 seconds' AS own FROM messages WHERE id = $1", [
      id,
    ])
    expect(rows).toEqual([{ own: true }])
  })

  it('delivers every message once by two concurrent workers', async () => {
    const mail = await seed.startMail()
    const ids = await seed.request(40)
    seed.startGate(true)
    dispatching()
    dispatching()
    await eventually(async () =>
      expect((await seed.test.owner.query("SELECT 1 FROM messages WHERE state = 'SENT' AND id = ANY($1)", [ids])).rowCount).toBe(40),
    )
    expect(mail.accepted).toBe(40)
  })
})

it('a message whose card cannot be opened waits, delays no other one, and ends with that reason', async () => {
  const mail = await seed.startMail()
  const [bad, good] = await seed.request(2)
  const { rows } = await seed.test.owner.query('SELECT profile_id FROM messages WHERE id = $1', [bad])
  seed.startIdentity({ isUnreadable: (profileId) => profileId === rows[0].profile_id })
  seed.startGate(true)
  dispatching()
  await eventually(async () => expect((await seed.stateOf(good!)).state).toBe('SENT'))
  await eventually(async () => expect(await seed.stateOf(bad!)).toMatchObject({ state: 'PLANNED', reasons: ['CARD_UNREADABLE'] }))
  await seed.test.owner.query("UPDATE messages SET attempts = 7, next_at = now() WHERE state = 'PLANNED'")
  await eventually(async () => expect(await seed.stateOf(bad!)).toMatchObject({ state: 'BLOCKED', reasons: ['CARD_UNREADABLE'] }))
  expect(mail.accepted).toBe(1)
})
