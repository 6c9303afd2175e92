import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BulkOperationDocument,
  CreateWebhookEndpointDocument,
  createRenmai,
  type Renmai,
  RunBulkQueryDocument,
  verifyWebhook,
  type WebhookBody,
  WebhookEndpointDocument,
} from '../../gateway/sdk/src/index.ts'
import { startWhole, type Whole } from './whole.ts'

type Got = { id: string; headers: Record<string, string>; text: string }

let whole: Whole
let target: Server
let url: string
const got: Got[] = []
let status = 204

beforeAll(async () => {
  whole = await startWhole()
  target = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = request.headers as Record<string, string>
    got.push({ id: headers['webhook-id']!, headers, text: Buffer.concat(chunks).toString() })
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await new Promise((done) => target.once('listening', done))
  url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/renmai`
})
afterAll(async () => {
  target.close()
  await whole.stop()
})

let keys = 0
const key = () => `partner-test-${++keys}`

async function addPartner(scopes: string[]): Promise<{ clientId: string; renmai: Renmai }> {
  const { createApiClient } = await whole.client.query<{ createApiClient: { client: { id: string }; key: string } }>(
    'mutation C($input: CreateApiClientInput!) { createApiClient(input: $input) { client { id } key } }',
    { input: { idempotencyKey: key(), name: 'partner', kind: 'PARTNER', scopes } },
  )
  const renmai = createRenmai({ endpoint: whole.client.endpoints.publicGraphql, credential: createApiClient.key, retries: 0 })
  return { clientId: createApiClient.client.id, renmai }
}

/** A new person, or several, views a page and so becomes a customer. */
async function meet(people = 1): Promise<void> {
  const { createEventSource } = await whole.client.query<{ createEventSource: { account: { id: string } } }>(
    'mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id } } }',
    { input: { idempotencyKey: key(), name: newId(), channel: 'WEB' } },
  )
  await whole.client.query('mutation I($input: IngestEventsInput!) { ingestEvents(input: $input) { accepted } }', {
    input: {
      accountId: createEventSource.account.id,
      events: Array.from({ length: people }, () => ({
        messageId: newId(),
        type: 'page_view',
        occurredAt: new Date().toISOString(),
        identifiers: [{ namespace: 'login', value: newId() }],
      })),
    },
  })
}

const DOCUMENT = 'subscription { customerChanged { id touchpoints(first: 1) { nodes { type } } orders { nodes { id } } } }'
const create = (renmai: Renmai, document = DOCUMENT, at = url) =>
  renmai.request(CreateWebhookEndpointDocument, { input: { url: at, document } })

describe('a partner', () => {
  it('receives customers by webhook, with the fields that its scopes allow, verified by the SDK, until its client is revoked', async () => {
    const { clientId, renmai } = await addPartner(['customers:read', 'webhooks:read', 'webhooks:write'])
    const { createWebhookEndpoint } = await create(renmai)
    const { endpoint, secret } = createWebhookEndpoint
    await meet()
    const read = (): WebhookBody<{ customerChanged: { id: string; touchpoints: { nodes: { type: string }[] }; orders: null } }>[] =>
      got.map(({ headers, text }) => verifyWebhook(secret!, headers, text))
    await eventually(() => expect(read().at(-1)?.data?.customerChanged.id).toBeTruthy())
    const [{ type, data, errors }] = read() as [ReturnType<typeof read>[0]]
    expect(type).toBe('customerChanged')
    expect(readGlobalId(data!.customerChanged.id)?.type).toBe('Customer')
    expect(data!.customerChanged.orders).toBeNull()
    expect(errors).toMatchObject([{ path: ['customerChanged', 'orders'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }])
    await eventually(async () => {
      const { webhookEndpoint } = await renmai.request(WebhookEndpointDocument, { id: endpoint!.id })
      expect(webhookEndpoint).toMatchObject({ url, disabledReason: null })
    })
    const log = await whole.client.query<{ node: { deliveries: { nodes: object[] } } }>(
      'query L($id: ID!) { node(id: $id) { ... on WebhookEndpoint { deliveries { nodes { id state eventType attempts { httpStatus } } } } } }',
      { id: endpoint!.id },
    )
    expect(log.node.deliveries.nodes).toContainEqual({
      id: expect.any(String),
      state: 'DELIVERED',
      eventType: expect.stringMatching(/^renmai\.identity\.v1\./),
      attempts: [{ httpStatus: 204 }],
    })
    await whole.client.query('mutation R($input: RevokeApiClientInput!) { revokeApiClient(input: $input) { client { id } } }', {
      input: { idempotencyKey: key(), clientId },
    })
    const before = got.length
    await meet()
    await eventually(async () => {
      const { webhookEndpoint } = await whole.client.query<{ webhookEndpoint: { disabledReason: string } }>(
        'query E($id: ID!) { webhookEndpoint(id: $id) { disabledReason } }',
        { id: endpoint!.id },
      )
      expect(webhookEndpoint.disabledReason).toBe('CLIENT_REVOKED')
    })
    expect(got).toHaveLength(before)
  })

  it('is notified that an endpoint of its own is gone, at another', async () => {
    const { renmai } = await addPartner(['customers:read', 'webhooks:read', 'webhooks:write'])
    const { createWebhookEndpoint: watching } = await create(renmai, 'subscription { webhookEndpointDisabled { id disabledReason } }')
    const gone = createServer((_request, response) => response.writeHead(410).end()).listen(0, '127.0.0.1')
    await new Promise((done) => gone.once('listening', done))
    const { createWebhookEndpoint: ending } = await create(renmai, DOCUMENT, `http://127.0.0.1:${(gone.address() as AddressInfo).port}/`)
    await meet()
    await eventually(() =>
      expect(got.map(({ text }) => JSON.parse(text).data)).toContainEqual({
        webhookEndpointDisabled: { id: ending.endpoint!.id, disabledReason: 'GONE' },
      }),
    )
    const { headers, text } = got.find((one) => one.text.includes('webhookEndpointDisabled'))!
    expect(verifyWebhook(watching.secret!, headers, text).type).toBe('webhookEndpointDisabled')
    gone.close()
  })

  it.each([
    ['what is not in the public schema', 'subscription { customerChanged { id secret } }', 'BAD_USER_INPUT'],
    ['what its scopes do not reach', 'subscription { messageReceived { id } }', 'FORBIDDEN'],
    ['a query', '{ customers { nodes { id } } }', 'BAD_USER_INPUT'],
    ['numbers that change with everything', 'subscription { kpiChanged { isComplete } }', 'DOCUMENT_FOR_LIVE_VIEWS_ONLY'],
    ['nonsense', 'subscription {', 'BAD_USER_INPUT'],
  ])('is refused %s', async (_what, document, code) => {
    const { renmai } = await addPartner(['customers:read', 'analytics:read', 'webhooks:write', 'webhooks:read'])
    await expect(create(renmai, document)).rejects.toMatchObject({ code })
  })

  it('is refused inside hosts', async () => {
    const { renmai } = await addPartner(['customers:read', 'webhooks:write', 'webhooks:read'])
    for (const at of ['https://169.254.169.254/latest', 'https://localhost/', 'http://127.0.0.2:8080/'])
      await expect(create(renmai, DOCUMENT, at)).rejects.toMatchObject({ code: 'WEBHOOK_URL_NOT_PUBLIC' })
  })

  it('gets a whole list as a file: every customer once, by a link that is good for nothing else, and is notified when it is there', async () => {
    const { renmai } = await addPartner(['customers:read', 'webhooks:read', 'webhooks:write', 'exports:write'])
    await create(renmai, 'subscription { bulkOperationFinished { id state objectCount } }')
    await meet(120)
    const counted = async () =>
      (await whole.client.query<{ customers: { totalCount: number } }>('{ customers(first: 1) { totalCount } }')).customers.totalCount
    await eventually(async () => expect(await counted()).toBeGreaterThan(120))
    const input = { query: '{ customers { nodes { id touchpoints(first: 1) { nodes { type } } } } }' }
    const { runBulkQuery: begun } = await renmai.request(RunBulkQueryDocument, { input })
    const { id } = begun.operation!
    const look = async () => (await renmai.request(BulkOperationDocument, { id })).bulkOperation!
    await eventually(async () => expect((await look()).state).toBe('COMPLETED'))
    const { url: link, objectCount, fileSize } = await look()
    const answer = await fetch(link!)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[0-9a-f-]{36}\.jsonl"$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const text = await answer.text()
    const nodes = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; touchpoints: { nodes: { type: string }[] } })
    expect(nodes).toHaveLength(await counted())
    expect(new Set(nodes.map((node) => readGlobalId(node.id)?.type + node.id)).size).toBe(nodes.length)
    expect([objectCount, fileSize]).toEqual([nodes.length, Buffer.byteLength(text)])
    for (const bad of [link!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), link!.split('?')[0]!, link!.replace('.jsonl', '')])
      expect((await fetch(bad)).status).toBe(404)
    await eventually(() =>
      expect(got.map((one) => JSON.parse(one.text).data)).toContainEqual({
        bulkOperationFinished: { id, state: 'COMPLETED', objectCount: nodes.length },
      }),
    )
    const { renmai: other } = await addPartner(['customers:read', 'exports:write'])
    expect((await other.request(BulkOperationDocument, { id })).bulkOperation).toBeNull()
    await expect(other.request(RunBulkQueryDocument, { input: { query: '{ viewer { id } }' } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    })
  })
})
