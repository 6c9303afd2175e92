import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { deliver, event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import type { QueueEntry } from '@renmai/platform/work/queue'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageRequestedSchema, TemplatePublishedSchema } from '@renmai/proto/campaign/v1/events'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { connectAccount } from '../src/channels/connect-account.ts'
import { readAccount } from '../src/channels/credentials.ts'
import type { Deps } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import { processPushes } from '../src/intake/process-pushes.ts'
import { type Claimed, profileOf, startGate, startIdentity } from './neighbours.ts'
import { type Simulator, startSimulator } from './simulator.ts'
import { type Stand, startStand } from './stand.ts'

const KEYS = { token: 'tok', encodingAesKey: 'z'.repeat(43) }
export const STAFF = ['chen', 'wu']

/** WeCom, played by the simulator, with a corp of its own for each test; the tenant's account of the corp is connected. */
export function wecomSeed() {
  let stand: Stand
  let intake = ''
  let simulator: Simulator
  let stops: (() => Promise<unknown>)[] = []
  let corps = 0
  let isProcessing = false
  const state = {
    tenant: '',
    corpId: '',
    accountId: '',
    claimed: [] as Claimed[],
    /** What the gate answers. */
    isAllowed: (_messageId: string): boolean => true,
    get worker() {
      return stand.worker
    },
    get test() {
      return stand.test
    },
    get simulator() {
      return simulator
    },
  }
  beforeAll(async () => {
    simulator = await startSimulator()
    stand = await startStand({ PLATFORM_URLS: JSON.stringify({ WECOM: simulator.url }) })
    intake = await stand.intake.listen({ host: '127.0.0.1', port: 0 })
  })
  beforeEach(async () => {
    ;[state.tenant, state.claimed, state.isAllowed, stops, isProcessing] = [newId(), [], () => true, [], false]
    stops.push(
      startIdentity(stand.bus, { claimed: state.claimed, addressOf: (id) => `wm-of-${id}` }),
      startGate(stand.bus, (id) => state.isAllowed(id)),
    )
    ;[state.corpId, state.accountId] = await connect()
  })
  afterEach(async () => {
    for (const stop of stops.toReversed()) await stop()
    await stand.test.owner.query('TRUNCATE messages, staff_tasks, contacts, contact_events, welcomes, webhooks, live_codes')
  })
  afterAll(async () => {
    await simulator.stop()
    await stand.stop()
  })

  const contextOf = () => stand.contextOf(state.tenant)
  const rows = async (sql: string, ...values: unknown[]) => (await stand.test.owner.query(sql, values)).rows
  /** @param more what the administrators of the corp set */
  const setCorp = (corpId: string, accountId: string, more: object = {}) =>
    simulator.order('wecom/accounts', {
      corpId,
      agentId: 7,
      secret: `secret-of-${corpId}`,
      ...KEYS,
      staff: STAFF,
      callbackUrl: `${intake}/hooks/wecom/${state.tenant}/${accountId}`,
      ...more,
    })
  /** Connects a corp to the tenant. @returns its id and its account's */
  async function connect(more: object = {}): Promise<[corpId: string, accountId: string]> {
    const corpId = `wwcorp${String(++corps).padStart(10, '0')}`
    const input = { name: corpId, corpId, agentId: 7, secret: `secret-of-${corpId}`, ...KEYS, ...more }
    const { id } = await connectAccount(contextOf(), 'WECOM', { idempotencyKey: key(), ...input })
    await setCorp(corpId, id)
    return [corpId, id]
  }
  const work = (...entries: QueueEntry<Deps>[]) => {
    const loops = runQueues(stand.worker, entries)
    stops.push(...loops.map((loop) => loop.stop))
    return loops
  }
  const account = () => withTenant(stand.test.db, state.tenant, (tx) => readAccount(tx, stand.worker.keyRing, state.accountId, 'WECOM'))

  /** A customer and a member of staff become contacts, or no more. */
  const contact = (externalUserId: string, change: object = {}) =>
    simulator.order('wecom/contact', { corpId: state.corpId, staffUserId: 'chen', externalUserId, name: 'Ann', ...change })
  const personOf = (externalUserId: string, corpId = state.corpId) => profileOf(`wecom:${corpId}`, externalUserId)
  /** The same, processed. @returns the profiles */
  async function meet(...externalUserIds: string[]): Promise<string[]> {
    if (!isProcessing) work(processPushes)
    isProcessing = true
    for (const one of externalUserIds) await contact(one)
    await eventually(async () =>
      expect(await rows('SELECT DISTINCT external_user_id FROM contacts WHERE external_user_id = ANY($1)', externalUserIds)).toHaveLength(
        externalUserIds.length,
      ),
    )
    return externalUserIds.map((one) => personOf(one))
  }

  /** Campaign requests a message of one text to each profile. @returns the ids of the messages */
  async function request(profiles: readonly string[], bodyTemplate = 'Hello'): Promise<string[]> {
    const [templateId, ids] = [newId(), profiles.map(() => newId())]
    const template = { templateId, version: 1, channel: 'WECOM', subjectTemplate: '', bodyTemplate }
    const message = { channel: 'WECOM', purpose: 'marketing', templateId, templateVersion: 1, variables: [] }
    await deliver(stand.test.db, 'engagement', handlers, [
      event(TemplatePublishedSchema, state.tenant, template),
      ...ids.map((messageId, no) => event(MessageRequestedSchema, state.tenant, { ...message, messageId, profileId: profiles[no]! })),
    ])
    return ids
  }
  const stateOf = async (id: string) => {
    const [row] = await rows('SELECT state, reasons FROM messages WHERE id = $1', id)
    return [row.state, ...row.reasons].join(' ')
  }
  const becomes = (ids: readonly string[], ...states: string[]) =>
    eventually(async () => expect(await Promise.all(ids.map(stateOf))).toEqual(states))

  type Task = { msgid: string; text: string; isCancelled: boolean; members: { userid: string; customers: string[] }[] }
  const tasks = async (corpId = state.corpId) => (await simulator.send(`/_sim/wecom/tasks?corpId=${corpId}`)).tasks as Task[]
  const confirm = (userId = 'chen') => simulator.order('wecom/confirm', { corpId: state.corpId, userId })
  /** Lets waiting work be due now. */
  const hurry = (table: string) =>
    withTenant(stand.test.db, state.tenant, (tx) => {
      tx.work.add(table)
      return tx.client.query(`UPDATE ${table} SET next_at = now() WHERE tenant_id = $1 AND next_at > now() AND attempt_id IS NULL`, [
        tx.tenantId,
      ])
    })

  return Object.assign(state, {
    contextOf,
    rows,
    setCorp,
    connect,
    work,
    account,
    contact,
    personOf,
    meet,
    request,
    stateOf,
    becomes,
    tasks,
    confirm,
    hurry,
  })
}
