import { newId } from '@renmai/platform/serve/ids'
import { deliver, event } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import type { QueueEntry } from '@renmai/platform/work/queue'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { connectAccount } from '../src/channels/connect-account.ts'
import { knownAccount } from '../src/channels/known-account.ts'
import type { Deps } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import type { RawEvent } from '../src/touchpoints/event.rules.ts'
import { ingestEvents } from '../src/touchpoints/ingest-events.ts'
import { type Claimed, startGate as playGate, startIdentity as playIdentity } from './neighbours.ts'
import { type Stand, startStand } from './stand.ts'

/** Engagement for the calling test file, with the actions of its tests; each test has a tenant of its own. */
export function engagementSeed() {
  let stand: Stand
  let stops: (() => Promise<unknown>)[] = []
  const state = {
    tenant: '',
    get test() {
      return stand.test
    },
    get worker() {
      return stand.worker
    },
    get bus() {
      return stand.bus
    },
  }
  beforeAll(async () => {
    stand = await startStand()
  })
  beforeEach(() => {
    ;[state.tenant, stops] = [newId(), []]
  })
  afterEach(async () => {
    for (const stop of stops) await stop()
    await stand.test.owner.query('TRUNCATE messages, pending_claims, event_claims, webhooks')
  })
  afterAll(() => stand.stop())

  const contextOf = () => stand.contextOf(state.tenant)
  /** Runs queues until the test ends, or until they are stopped. */
  const work = (entries: readonly QueueEntry<Deps>[], as = stand.worker) => {
    const loops = runQueues(as, entries)
    for (const loop of loops) stops.push(loop.stop)
    return loops
  }

  /** @returns the claims that identity is to resolve */
  function startIdentity(answers: Omit<NonNullable<Parameters<typeof playIdentity>[1]>, 'claimed'> = {}): Claimed[] {
    const claimed: Claimed[] = []
    stops.push(playIdentity(stand.bus, { claimed, ...answers }))
    return claimed
  }
  const startGate = (...isAllowed: Parameters<typeof playGate> extends [unknown, ...infer Rest] ? Rest : never) =>
    void stops.push(playGate(stand.bus, ...isAllowed))

  /** Creates a source of events. @returns its account */
  const source = async () => (await connectAccount(contextOf(), 'EVENT_API', { idempotencyKey: key(), name: 'web', channel: 'WEB' })).id
  const ingest = async (account: string, events: RawEvent[], by = state.tenant) => {
    const { id, credentials } = await knownAccount(stand.worker, by, account, 'EVENT_API')
    return ingestEvents(stand.worker, by, { id, channel: credentials.channel }, events)
  }

  /** The tenant's mail server. It counts accepted messages, and can refuse or hang after accepting. */
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
          const answerIt = async () => {
            await mail.beforeAnswer(no)
            done()
          }
          if (!mail.hang) void answerIt()
        })
      },
    })
    server.on('error', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.server.address() as { port: number }
    await connectAccount(contextOf(), 'SMTP', { idempotencyKey: key(), name: 'm', host: '127.0.0.1', port, from: 'a@renmai.example' })
    stops.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
    return mail
  }

  const templateId = newId()
  /** Campaign requests messages. @returns their ids */
  async function request(count = 1): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId())
    const template = { templateId, version: 1, channel: 'EMAIL', subjectTemplate: 'Hi', bodyTemplate: '{{ customer.name }}' }
    const message = { channel: 'EMAIL', purpose: 'marketing', templateId, templateVersion: 1, variables: [] }
    await deliver(stand.test.db, 'engagement', handlers, [
      event(TemplatePublishedSchema, state.tenant, template),
      ...ids.map((messageId) => event(MessageRequestedSchema, state.tenant, { ...message, messageId, profileId: newId() })),
    ])
    return ids
  }

  const stateOf = async (id: string) =>
    (await stand.test.owner.query('SELECT state, reasons, decision_id FROM messages WHERE id = $1', [id])).rows[0]

  return Object.assign(state, { contextOf, work, startIdentity, source, ingest, startMail, request, startGate, stateOf })
}

/** A page view of a person, as a source sends it. */
export const viewed = (no: number, person = no): RawEvent => ({
  messageId: `m${no}`,
  type: 'page_view',
  occurredAt: '2026-01-01T00:00:00Z',
  identifiers: [{ namespace: 'login', value: `user-${person}` }],
})
