import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { parseExceptions } from '@renmai/platform/secrets/egress'
import { newId } from '@renmai/platform/serve/ids'
import { deliver, event, type TestEvent } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageReceivedSchema } from '@renmai/proto/engagement/v1/events'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Context } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import { createWebhookEndpoint } from '../src/webhook-endpoints/create-webhook-endpoint.ts'
import { deliverWebhooks } from '../src/webhook-endpoints/deliver-webhooks.ts'
import { type Stand, startStand } from './stand.ts'

export const LOOPBACK = parseExceptions('127.0.0.1:1-65535/webhook', ['webhook'])
/** No API client has this id. */
export const NOBODY = newId()
/** The gateway's answer about a document that subscribes to received messages. */
export const source = {
  field: 'messageReceived',
  types: ['renmai.engagement.v1.MessageReceived'],
  value: '',
  fields: [] as string[],
  everyMs: 0,
}

export type Got = { headers: Record<string, string>; body: string; path: string }
type Row = { id: string; state: string; attempts: number; log: { status: number | null; problem: string | null }[]; wait: number }

/**
 * Webhook endpoints with a server that receives (`got`, `respond`) and a gateway that answers (`tell`, `check`), for the
 * calling test file; each test has a tenant and a client of its own.
 */
export function webhookSeed() {
  let stand: Stand
  let target: Server
  let stopAnswers: () => Promise<void>
  let stops: (() => Promise<unknown>)[] = []

  const state = {
    tenant: '',
    client: '',
    /** URL of the receiving server. */
    url: '',
    got: [] as Got[],
    respond: (_request: IncomingMessage, response: ServerResponse): unknown => response.writeHead(204).end(),
    /** The gateway's result for an event, and its answer about a document. */
    tell: (_event: { messageId?: string; type: string }): string => '',
    check: (_document: string): typeof source => source,
    get test() {
      return stand.test
    },
    get worker() {
      return stand.worker
    },
  }
  const stopLater = (stop: () => Promise<unknown>) => void stops.push(stop)
  /** Closes the receiving server's connections. */
  const hangUp = () => target.closeAllConnections()
  const contextOf = (tenantId = state.tenant, change: Partial<Context> = {}) => stand.contextOf(tenantId, change)
  const asClient = (id: string) => contextOf(state.tenant, { viewer: { ...contextOf().viewer, kind: 'CLIENT', id } })
  const create = (more: object = {}, ctx = contextOf()) =>
    createWebhookEndpoint(ctx, {
      idempotencyKey: key(),
      clientId: state.client,
      url: state.url,
      document: 'subscription { messageReceived { id } }',
      ...more,
    })
  const received = (tenantId = state.tenant) =>
    event(MessageReceivedSchema, tenantId, { messageId: newId(), profileId: newId(), channel: 'WECOM' })
  const happen = (...events: TestEvent[]) => deliver(stand.test.db, 'engagement', handlers, events)
  /** Starts to deliver. @returns the function that stops it before the test ends */
  const start = () => {
    const loops = runQueues(stand.worker, [deliverWebhooks])
    const stop = () => Promise.all(loops.map((one) => one.stop()))
    stops.push(stop)
    // A queue can be stopped only once.
    return { stop: () => (stops.splice(stops.indexOf(stop), 1), stop()) }
  }
  const rows = async (endpointId?: string): Promise<Row[]> => {
    const { rows } = await stand.test.owner.query<Row>(
      `SELECT id, state, attempts, log, extract(epoch FROM next_at - now())::float AS wait FROM webhook_deliveries
       WHERE tenant_id = $1 AND ($2::uuid IS NULL OR endpoint_id = $2) ORDER BY id`,
      [state.tenant, endpointId ?? null],
    )
    return rows
  }
  /** An endpoint as its owner reads it. */
  const seen = async ({ id }: { id: string }) => (await contextOf().load.webhookEndpoint.load(id))!
  const endpoint = async (id: string) => (await stand.test.owner.query('SELECT * FROM webhook_endpoints WHERE id = $1', [id])).rows[0]
  const makeDue = () => stand.test.owner.query("UPDATE webhook_deliveries SET next_at = now() WHERE state = 'PENDING'")
  const settled = (state: string, count = 1) =>
    eventually(async () => expect((await rows()).filter((row) => row.state === state)).toHaveLength(count))

  beforeAll(async () => {
    stand = await startStand({ EGRESS_ALLOW: '127.0.0.1:1-65535/webhook' })
    const stopIdentity = answerAll(stand.bus, 'identity', [
      answer(IdentityService.method.authorizeViewer, async ({ viewerId }) => ({ isKnown: viewerId !== NOBODY })),
    ])
    const stopGateway = answerAll(stand.bus, 'gateway', [
      answer(GatewayService.method.tellEvent, async ({ event: text }) => ({ result: state.tell(JSON.parse(text)) })),
      answer(GatewayService.method.checkSubscription, async ({ document }) => state.check(document)),
    ])
    stopAnswers = async () => void (await Promise.all([stopIdentity(), stopGateway()]))
    target = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        state.got.push({ headers: request.headers as Got['headers'], body: Buffer.concat(chunks).toString(), path: request.url! })
        state.respond(request, response)
      })
    }).listen(0, '127.0.0.1')
    await new Promise((done) => target.once('listening', done))
    state.url = `http://127.0.0.1:${(target.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    ;[state.tenant, state.client, stops, state.got] = [newId(), newId(), [], []]
    state.respond = (_request, response) => response.writeHead(204).end()
    state.tell = ({ messageId }) => JSON.stringify({ data: { messageReceived: { id: messageId } } })
    state.check = () => source
  })
  afterEach(async () => {
    for (const stop of stops) await stop()
    await stand.test.owner.query('TRUNCATE webhook_endpoints, webhook_deliveries')
  })
  afterAll(async () => {
    target.closeAllConnections()
    target.close()
    await stopAnswers()
    await stand.stop()
  })
  return Object.assign(state, {
    stopLater,
    hangUp,
    contextOf,
    asClient,
    create,
    received,
    happen,
    start,
    rows,
    seen,
    endpoint,
    makeDue,
    settled,
  })
}
