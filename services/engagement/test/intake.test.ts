import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { createEgress } from '@renmai/platform/secrets/egress'
import { idFrom, newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import type { QueueEntry } from '@renmai/platform/work/queue'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import {
  MessageBlockedSchema,
  MessageFailedSchema,
  MessageSentSchema,
  OrdersChangedSchema,
  TouchpointsRecordedSchema,
} from '@renmai/proto/engagement/v1/events'
import { ProfileLinkedSchema } from '@renmai/proto/identity/v1/events'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { connectAccount } from '../src/channels/connect-account.ts'
import { knownAccount } from '../src/channels/known-accounts.ts'
import type { Context, Deps } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import { receiveOrderFile } from '../src/imports/receive-order-file.ts'
import { startOrderImport } from '../src/imports/start-order-import.ts'
import { createIntake } from '../src/intake/intake.ts'
import { createLoaders } from '../src/loaders.ts'
import { claimMessages, markSending, settleAbandoned } from '../src/messages/claim-messages.ts'
import { dispatchMessages } from '../src/messages/dispatch-messages.ts'
import { recordHandovers } from '../src/messages/record-handovers.ts'
import { storeOrders } from '../src/orders/store-orders.ts'
import { engagement } from '../src/service.ts'
import type { RawEvent } from '../src/touchpoints/event.rules.ts'
import { ingestEvents } from '../src/touchpoints/ingest-events.ts'
import { personOf } from '../src/touchpoints/people.ts'
import { resolvePending } from '../src/touchpoints/resolve-pending.ts'
import { testDeps } from './deps.ts'
import { orderAt } from './fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'renmai-intake-'))
let nats: Nats
let bus: Bus
let test: TestDatabase
let worker: Deps
let tenant: string
let stops: (() => Promise<unknown>)[]

beforeAll(async () => {
  nats = await startNats({ folder, logs: folder })
  bus = await connectBus(
    { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' },
    'test',
    createLog('test', 'silent'),
  )
  test = await testDatabase(inject('postgresUrl'), engagement)
  worker = testDeps(test, bus)
})
beforeEach(() => {
  tenant = newId()
  stops = []
})
afterEach(async () => {
  for (const stop of stops) await stop()
  await test.owner.query('TRUNCATE messages, pending_claims, webhooks')
})
afterAll(async () => {
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  rmSync(folder, { recursive: true, force: true })
})

const working = (entries: readonly QueueEntry<Deps>[], as = worker) => {
  for (const loop of runQueues(as, entries)) stops.push(loop.stop)
}
const contextOf = (tenantId = tenant): Context => {
  const base = testContext(test.db, tenantId)
  return { ...worker, ...base, cursors: new Cursors('c'.repeat(32)), load: createLoaders(base) }
}

/** An identity that knows everybody by a hash of what it is told; counts how many it was asked about. */
function startIdentity(asked = { claims: 0 }) {
  const resolve = answer(IdentityService.method.resolveProfiles, async ({ claims }) => {
    asked.claims += claims.length
    return {
      profiles: claims.map(({ claimId, source, externalId }) => ({
        claimId,
        profileId: idFrom(source, externalId),
        customerId: idFrom('c', source, externalId),
      })),
    }
  })
  const cards = answer(IdentityService.method.readContactCards, async ({ profileIds }) => ({
    cards: profileIds.map((profileId) => ({ profileId, address: `${profileId}@mail.example`, displayName: '王' })),
  }))
  stops.push(answerAll(bus, 'identity', [resolve, cards]))
  return asked
}

const source = async () =>
  (await connectAccount(contextOf(), 'EVENT_API', { idempotencyKey: key(), name: 'web', channel: 'WEB' })).account.id
const ingest = async (account: string, events: RawEvent[], by = tenant) => {
  const { id, credentials } = await knownAccount(worker, by, account, 'EVENT_API')
  return ingestEvents(worker, by, { id, channel: credentials.channel }, events)
}
const viewed = (no: number, person = no) => ({
  messageId: `m${no}`,
  type: 'page_view',
  occurredAt: '2026-01-01T00:00:00Z',
  identifiers: [{ namespace: 'login', value: `user-${person}` }],
})

it('every table is behind its tenant', async () => expect(await unprotectedTables(test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(test)).toEqual([]))

describe('event intake', () => {
  it('answers per event, and a bad one does not touch the others', async () => {
    const account = await source()
    const { results, accepted, duplicates, rejected } = await ingest(account, [
      viewed(1),
      { ...viewed(2), type: '!' },
      viewed(1),
      viewed(3),
    ])
    expect([accepted, duplicates, rejected]).toEqual([2, 1, 1])
    expect(results[1]).toEqual({ messageId: 'm2', status: 'REJECTED', reason: 'INVALID_TYPE', pointer: '/events/1/type' })
    expect(await ingest(account, [viewed(1), viewed(3)])).toMatchObject({ accepted: 0, duplicates: 2 })
  })

  it('takes a batch that arrives twice at once only once, and the new events beside the known ones', async () => {
    const account = await source()
    const batch = [viewed(1), viewed(2), viewed(3)]
    const answers = await Promise.all(Array.from({ length: 6 }, () => ingest(account, batch)))
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(3)
    expect(await ingest(account, [viewed(3), viewed(4)])).toMatchObject({ accepted: 1, duplicates: 1 })
  })

  it('goes on while identity is down, and attaches everything when it is back', async () => {
    const account = await source()
    working([resolvePending])
    expect((await ingest(account, [viewed(1), viewed(2), viewed(3, 1)])).accepted).toBe(3)
    expect(await published(test, TouchpointsRecordedSchema)).toEqual([])
    const asked = startIdentity()
    await eventually(async () =>
      expect((await published(test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)).toHaveLength(3),
    )
    expect(asked.claims).toBe(2)
    await ingest(account, [viewed(4, 1)])
    expect((await published(test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)).toHaveLength(4)
    expect(asked.claims).toBe(2)
  })

  it("keeps identifiers sealed, and another tenant's source unknown", async () => {
    const account = await source()
    await ingest(account, [{ ...viewed(1), identifiers: [{ namespace: 'phone', value: '13912344321' }] }])
    expect(JSON.stringify(await dumpTables(test))).not.toContain('13912344321')
    await expect(ingest(account, [viewed(1)], newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('gives no claim the number of an earlier one, also when that one is gone: another replica may still hold it', async () => {
    const account = await source()
    const keep = async (no: number) => {
      await ingest(account, [viewed(no, 1)])
      const { rows } = await test.owner.query<{ revision: number }>('SELECT revision FROM pending_claims WHERE tenant_id = $1', [tenant])
      return rows.map(({ revision }) => revision)
    }
    const first = await keep(1)
    const second = await keep(2)
    await test.owner.query('DELETE FROM pending_claims WHERE tenant_id = $1', [tenant])
    const third = await keep(3)
    expect(new Set([...first, ...second, ...third]).size).toBe(3)
  })

  it('keeps the claim of an event that was stored just before its person became known', async () => {
    const account = await source()
    const naming = {
      source: `events:${account}`,
      externalId: 'login=user-1',
      identifiers: [{ namespace: 'login', value: 'user-1', isVerified: false }],
    }
    // Nothing can be inserted, so the first event has looked for its person and waits.
    await test.owner.query('BEGIN; LOCK TABLE touchpoints IN SHARE MODE')
    const told = async () => (await published(test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints).length
    const before = await told()
    const first = ingest(account, [viewed(1)])
    await sleep(300)
    await withTenant(test.db, tenant, (tx) =>
      tx.client.query('INSERT INTO profile_keys VALUES ($1, $2, $3)', [tenant, personOf(worker, tenant, naming).key, newId()]),
    )
    const second = ingest(account, [viewed(2, 1)])
    await sleep(300)
    await test.owner.query('COMMIT')
    await Promise.all([first, second])
    const { rows } = await test.owner.query('SELECT message_id FROM touchpoints WHERE tenant_id = $1 AND profile_id IS NULL', [tenant])
    expect(rows).toEqual([{ message_id: 'm1' }])
    expect((await test.owner.query('SELECT 1 FROM pending_claims WHERE tenant_id = $1', [tenant])).rowCount).toBe(1)
    expect(await told()).toBe(before + 1)
  })

  it.each([[[]], [Array.from({ length: 1_001 }, () => ({}))], ['x' as never]])('refuses a batch that is none', async (events) => {
    await expect(ingest(await source(), events)).rejects.toMatchObject({ code: 'INVALID' })
  })
})

describe('orders', () => {
  it('end in the same state in whatever order their pushes come', async () => {
    const states = [
      orderAt(1),
      orderAt(2, { status: 'SHIPPED' }),
      orderAt(3, { status: 'FINISHED', refundedMinor: 100, refundedAt: new Date('2026-01-02') }),
    ]
    for (const order of [states, states.toReversed(), [states[1]!, states[2]!, states[0]!, states[1]!]]) {
      tenant = newId()
      for (const one of order) await withTenant(test.db, tenant, (tx) => storeOrders(tx, worker, [{ order: one, profileId: undefined }]))
      const { rows } = await test.owner.query('SELECT status, refunded_minor FROM orders WHERE tenant_id = $1', [tenant])
      expect(rows).toEqual([{ status: 'REFUNDED', refunded_minor: 100 }])
    }
  })

  it('that contradict themselves are set aside, sealed, and stop no other', async () => {
    const stored = await withTenant(test.db, tenant, (tx) =>
      storeOrders(tx, worker, [
        { order: orderAt(1, { totalMinor: 1 }), profileId: undefined },
        { order: orderAt(1, { orderNo: 'E2' }), profileId: undefined },
      ]),
    )
    expect(stored).toEqual({ changed: 1, parked: 1 })
  })
})

it('while the database is away nothing is acknowledged, and every platform is told to come again within four seconds', async () => {
  const nowhere = connect('postgres://nobody:x@127.0.0.1:1/none')
  const away = testDeps({ ...test, db: nowhere }, bus)
  const http = createIntake(away)
  const send = async (url: string, type: string, payload: string) => {
    const began = Date.now()
    const { statusCode, headers } = await http.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
    return [statusCode, Number(headers['retry-after']) > 0, Date.now() - began < 4_000]
  }
  const account = newId()
  const push = JSON.stringify({
    client_id: 'c',
    type: 'trade_TradePaid',
    id: '1',
    msg: '%7B%7D',
    sign: 's',
    kdt_id: 1,
    status: 'PAID',
    version: 1,
  })
  expect(await send(`/hooks/wecom/${tenant}/${account}`, 'text/xml', '<xml><Encrypt>x</Encrypt></xml>')).toEqual([503, true, true])
  expect(await send(`/hooks/youzan/${tenant}/${account}`, 'application/json', push)).toEqual([503, true, true])
  expect(await send(`/v1/events/${tenant}/${account}`, 'application/json', '{"events":[]}')).toEqual([503, true, true])
  away.admission.stop()
  await http.close()
  await nowhere.pool.end()
})

describe('order files', () => {
  const header = 'no,sku,title,q,p,at,c'
  const mapping = {
    orderNo: 'no',
    sku: 'sku',
    title: 'title',
    quantity: 'q',
    unitPrice: 'p',
    occurredAt: 'at',
    customerId: 'c',
    refundPrefix: 'C',
  }
  const lines = [
    '1,a,A,2,1.50,2026-01-01 10:00,7',
    '1,b,"B, ""quoted""",1,2.00,2026-01-01 10:00,7',
    '2,a,A,-1,1.50,2026-01-01 11:00,7',
    'C3,a,A,-1,1.50,2026-01-02 10:00,7',
    '4,a,A,1,9.99,2026-01-03 10:00,',
  ]
  const file = Buffer.from([header, ...lines].join('\n'))
  const start = async (account: string, content = file) =>
    (
      await startOrderImport(contextOf(), {
        idempotencyKey: key(),
        accountId: account,
        fileName: 'f.csv',
        sha256: createHash('sha256').update(content).digest('hex'),
        mapping,
        currency: 'GBP',
        zone: 'Europe/London',
      })
    ).id

  it('become orders, refunds and rejected rows that add up; the same file again changes nothing', async () => {
    startIdentity()
    const account = await source()
    const id = await start(account)
    expect(await receiveOrderFile(worker, tenant, id, Readable.from([file]))).toMatchObject({
      state: 'COMPLETED',
      rowsDone: 5,
      orders: 2,
      refunds: 1,
    })
    const { rows } = await test.owner.query('SELECT row, reason FROM import_errors WHERE import_id = $1', [id])
    expect(rows).toEqual([{ row: 3, reason: 'QUANTITY_NOT_POSITIVE' }])
    const before = await dumpTables(test)
    expect(await start(account)).toBe(id)
    await receiveOrderFile(worker, tenant, id, Readable.from([file]))
    expect(await dumpTables(test)).toEqual(before)
  })

  it('go on where a broken transfer stopped', async () => {
    startIdentity()
    const account = await source()
    const many = Buffer.from([header, ...Array.from({ length: 700 }, (_, no) => `${no},a,A,1,1.00,2026-01-01 10:00,${no % 50}`)].join('\n'))
    const id = await start(account, many)
    const broken = Readable.from(
      (async function* () {
        for (let at = 0; at < many.length - 2_000; at += 1_000) {
          yield many.subarray(at, at + 1_000)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        throw new Error('connection lost')
      })(),
    )
    await expect(receiveOrderFile(worker, tenant, id, broken)).rejects.toThrow()
    const { rows } = await test.owner.query('SELECT rows_done FROM order_imports WHERE id = $1', [id])
    expect(rows[0].rows_done).toBeGreaterThan(0)
    expect(await receiveOrderFile(worker, tenant, id, Readable.from([many]))).toMatchObject({
      state: 'COMPLETED',
      orders: 700,
      rowsDone: 700,
    })
    const facts = (await published(test, OrdersChangedSchema)).filter((one) => one.tenantId === tenant).flatMap((one) => one.orders)
    expect(new Set(facts.map((fact) => fact.orderId)).size).toBe(700)
    expect(facts).toHaveLength(700)
  })

  it('that are not the announced ones, or no CSV of the mapping, are refused', async () => {
    startIdentity()
    const account = await source()
    const id = await start(account)
    await expect(receiveOrderFile(worker, tenant, id, Readable.from([Buffer.from(`${header}\n`)]))).rejects.toMatchObject({
      code: 'INVALID',
    })
    await expect(receiveOrderFile(worker, tenant, id, Readable.from([Buffer.from('a,b\n1,2')]))).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('no column'),
    })
    await expect(receiveOrderFile(worker, tenant, id, Readable.from([Buffer.from(`${header}\n"unclosed`)]))).rejects.toMatchObject({
      code: 'INVALID',
    })
    await expect(receiveOrderFile(worker, newId(), id, Readable.from([file]))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

/** The tenant's mail server, which counts what it accepts and can hang after accepting. */
async function startMail() {
  const mail = { accepted: 0, hang: false, refuse: false, beforeAnswer: async (_no: number) => {} }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 50,
    onRcptTo: (_address, _session, done) => done(mail.refuse ? Object.assign(new Error('no'), { responseCode: 550 }) : null),
    onData: (stream, _session, done) => {
      stream.resume()
      stream.on('end', () => {
        const no = ++mail.accepted
        const answer = async () => {
          await mail.beforeAnswer(no)
          done()
        }
        if (!mail.hang) void answer()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  await connectAccount(contextOf(), 'SMTP', { idempotencyKey: key(), name: 'm', host: '127.0.0.1', port, from: 'a@renmai.example' })
  stops.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
      }),
  )
  return mail
}

const templateId = newId()
async function wish(count = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId())
  await deliver(test.db, 'engagement', handlers, [
    event(TemplatePublishedSchema, tenant, {
      templateId,
      version: 1,
      channel: 'EMAIL',
      subjectTemplate: 'Hi',
      bodyTemplate: '{{ customer.name }}',
    }),
    ...ids.map((messageId) =>
      event(MessageRequestedSchema, tenant, {
        messageId,
        profileId: newId(),
        channel: 'EMAIL',
        purpose: 'marketing',
        templateId,
        templateVersion: 1,
        variables: [],
      }),
    ),
  ])
  return ids
}

function startGate(isAllowed: boolean | ((id: string) => boolean)) {
  const decide = answer(ComplianceService.method.decideSends, async ({ questions }) => ({
    decisions: questions.map(({ messageId }) => {
      const allowed = typeof isAllowed === 'function' ? isAllowed(messageId) : isAllowed
      return { messageId, decisionId: idFrom('d', messageId), isAllowed: allowed, reasons: [allowed ? 'CONSENT_GRANTED' : 'WITHDRAWN'] }
    }),
  }))
  stops.push(answerAll(bus, 'compliance', [decide]))
}

const stateOf = async (id: string) =>
  (await test.owner.query('SELECT state, reasons, decision_id FROM messages WHERE id = $1', [id])).rows[0]
const dispatching = () => working([dispatchMessages])

describe('dispatch', () => {
  beforeEach(async () => {
    startIdentity()
  })

  it('sends once what the gate allows and blocks the rest, each with its receipt', async () => {
    const mail = await startMail()
    const [yes, no] = await wish(2)
    startGate((id) => id === yes)
    dispatching()
    await eventually(async () => expect([(await stateOf(yes!)).state, (await stateOf(no!)).state]).toEqual(['SENT', 'BLOCKED']))
    expect(mail.accepted).toBe(1)
    expect(await stateOf(no!)).toMatchObject({ reasons: ['WITHDRAWN'], decision_id: idFrom('d', no!) })
    expect((await published(test, MessageSentSchema)).filter((one) => one.messageId === yes)).toHaveLength(1)
    expect((await published(test, MessageBlockedSchema)).filter((one) => one.messageId === no)).toHaveLength(1)
  })

  it('waits while the gate does not answer, and never sends', async () => {
    const mail = await startMail()
    const [id] = await wish()
    dispatching()
    await eventually(async () => expect((await stateOf(id!)).reasons).toEqual(['GATE_OR_IDENTITY_UNAVAILABLE']))
    expect(mail.accepted).toBe(0)
    startGate(true)
    await eventually(async () => expect((await stateOf(id!)).state).toBe('SENT'))
  })

  it('does not send again what was being handed over when the worker died', async () => {
    const mail = await startMail()
    const [id] = await wish()
    await test.owner.query(
      "UPDATE messages SET state = 'SENDING', attempt_id = $2, lease_until = now() - interval '1 second' WHERE id = $1",
      [id, newId()],
    )
    startGate(true)
    dispatching()
    await eventually(async () => expect(await stateOf(id!)).toMatchObject({ state: 'UNKNOWN', reasons: ['ABANDONED'] }))
    expect(mail.accepted).toBe(0)
    expect((await published(test, MessageFailedSchema)).find((one) => one.messageId === id)).toMatchObject({ isUnknown: true })
  })

  it('does not send again what was handed over when the database fails while the outcomes are recorded', async () => {
    const mail = await startMail()
    const ids = await wish(2)
    const states = async () => (await Promise.all(ids.map(stateOf))).map(({ state }) => state).sort((a, b) => a.localeCompare(b))
    mail.beforeAnswer = async (no) => {
      if (no !== 2) return
      await eventually(async () => expect(await states()).toEqual(['SENDING', 'SENT']))
      // Longer than a statement waits for a lock, and shorter than the worker then waits to give its messages back.
      await test.owner.query("BEGIN; SELECT 1 FROM messages WHERE state = 'SENDING' FOR UPDATE")
      setTimeout(() => void test.owner.query('COMMIT'), 4_000)
    }
    startGate(true)
    dispatching()
    await eventually(async () => expect(mail.accepted).toBe(2))
    await sleep(8_000)
    expect([mail.accepted, await states()]).toEqual([2, ['SENDING', 'SENT']])
  })

  it('goes to no mail server inside, neither by its number nor by what its name comes to', async () => {
    const connect = (host: string, port = 587) =>
      connectAccount(contextOf(), 'SMTP', { idempotencyKey: key(), name: 'm', host, port, from: 'a@renmai.example' })
    for (const host of ['10.0.0.5', 'postgres', '[::1]', '169.254.169.254'])
      await expect(connect(host)).rejects.toMatchObject({ code: 'INVALID', fields: { host: 'must be a public host' } })
    await connectAccount({ ...contextOf(), egress: createEgress([], 'smtp', [587]) }, 'SMTP', {
      idempotencyKey: key(),
      name: 'm',
      host: 'mail.example.com',
      port: 587,
      from: 'a@renmai.example',
    })
    const inside = { ...worker, egress: createEgress([], 'smtp', [587], async () => ['10.0.0.5']) }
    const [id] = await wish()
    startGate(true)
    working([dispatchMessages], inside)
    await eventually(async () => expect(await stateOf(id!)).toMatchObject({ state: 'REJECTED', reasons: ['SMTP_HOST_REFUSED'] }))
  })

  it('plans again what was only claimed, and gives up what the platform refuses', async () => {
    const mail = await startMail()
    mail.refuse = true
    const [id] = await wish()
    await test.owner.query(
      "UPDATE messages SET state = 'CLAIMED', attempt_id = $2, lease_until = now() - interval '1 second' WHERE id = $1",
      [id, newId()],
    )
    startGate(true)
    dispatching()
    await eventually(async () => expect(await stateOf(id!)).toMatchObject({ state: 'REJECTED', reasons: ['SMTP_550'] }))
  })

  it('ends UNKNOWN when the platform accepted and did not answer', async () => {
    const mail = await startMail()
    mail.hang = true
    const [id] = await wish()
    startGate(true)
    dispatching()
    await eventually(async () => expect((await stateOf(id!)).state).toBe('UNKNOWN'))
    expect(mail.accepted).toBe(1)
  })

  it('a worker that was frozen past its lease can neither send nor record what another one took over', async () => {
    const [id] = await wish()
    const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(test.db, tenant, work)
    const mark = (attemptId: string) => inTenant((tx) => markSending(tx, attemptId, [{ id: id!, decisionId: newId() }]))
    const [frozen] = await claimMessages(test.db, tenant, 10)
    await test.owner.query("UPDATE messages SET lease_until = now() - interval '1 second'")
    expect(await mark(frozen!.attemptId!)).toEqual(new Set())
    await inTenant((tx) => settleAbandoned(tx, new Date()))
    const [other] = await claimMessages(test.db, tenant, 10)
    expect(await mark(frozen!.attemptId!)).toEqual(new Set())
    expect(await mark(other!.attemptId!)).toEqual(new Set([id]))
    const sent = { message: frozen!, decisionId: newId(), handover: { outcome: 'SENT' as const, providerId: 'p' } }
    await inTenant((tx) => recordHandovers(tx, frozen!.attemptId!, [sent], new Date()))
    expect((await stateOf(id!)).state).toBe('SENDING')
  })

  it('by two workers at once delivers every message once', async () => {
    const mail = await startMail()
    const ids = await wish(40)
    startGate(true)
    dispatching()
    dispatching()
    await eventually(async () =>
      expect((await test.owner.query("SELECT 1 FROM messages WHERE state = 'SENT' AND id = ANY($1)", [ids])).rowCount).toBe(40),
    )
    expect(mail.accepted).toBe(40)
  })
})

it('replaying every event, twice and in another order, changes nothing', async () => {
  const profile = newId()
  const events = [
    ...[1n, 2n, 3n].map((version) =>
      event(ProfileLinkedSchema, tenant, { profileId: profile, customerId: idFrom('c', String(version)), version }),
    ),
    event(TemplatePublishedSchema, tenant, { templateId: newId(), version: 1, channel: 'EMAIL', subjectTemplate: '', bodyTemplate: 'x' }),
    event(MessageRequestedSchema, tenant, {
      messageId: newId(),
      profileId: profile,
      channel: 'EMAIL',
      purpose: 'p',
      templateId,
      templateVersion: 1,
      variables: [],
    }),
  ]
  const leaveOut = ['*.created_at', '*.next_at']
  await deliver(test.db, 'engagement', handlers, events)
  const once = await dumpTables(test, leaveOut)
  await deliver(test.db, 'engagement', handlers, events)
  expect(await dumpTables(test, leaveOut)).toEqual(once)
  await test.owner.query('TRUNCATE inbox, profile_customers, templates, messages')
  await deliver(test.db, 'engagement', handlers, events.toReversed())
  const reversed = await dumpTables(test, leaveOut)
  expect(reversed.profile_customers).toEqual(once.profile_customers!.filter((row) => row.includes(profile)))
})
