import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { MessageReceivedSchema } from '@renmai/proto/engagement/v1/events'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { testDeps } from '../../test/deps.ts'
import type { Context, Deps } from '../context.ts'
import { handlers } from '../handlers.ts'
import { createLoaders } from '../loaders.ts'
import { engagement } from '../service.ts'
import { createWebhookEndpoint } from './create-webhook-endpoint.ts'
import { deliverWebhooks } from './deliver-webhooks.ts'
import { updateWebhookEndpoint } from './update-webhook-endpoint.ts'

const folder = makeFolder('webhook-scopes')
const [WIDE, NARROW] = [['webhooks:write', 'messages:read'], ['webhooks:write']]
let [nats, bus, test, worker]: [Nats, Bus, TestDatabase, Deps] = [] as never
let stopAnswers: () => Promise<void>
let [tenant, client]: string[] = []
/** Scopes of the requests to the gateway. */
let [checked, told]: [string[][], string[][]] = [[], []]

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  const log = createLog('test', 'silent')
  bus = await connectBus({ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' }, 'test', log)
  const source = { field: 'messageReceived', types: ['renmai.engagement.v1.MessageReceived'], value: '', fields: [], everyMs: 0 }
  stopAnswers = answerAll(bus, 'gateway', [
    answer(IdentityService.method.authorizeViewer, async () => ({ isKnown: true })),
    answer(GatewayService.method.checkSubscription, async ({ scopes }) => (checked.push(scopes), source)),
    answer(GatewayService.method.tellEvent, async ({ scopes }) => (told.push(scopes), { result: '' })),
  ])
  test = await testDatabase(inject('postgresUrl'), engagement)
  worker = testDeps(test, bus, { EGRESS_ALLOW: '127.0.0.1/32:443/webhook' })
})
beforeEach(() => {
  ;[tenant, client, checked, told] = [newId(), newId(), [], []]
})
afterAll(async () => {
  await stopAnswers()
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  folder.remove()
})

function asToken(scopes: string[]): Context {
  const base = testContext(test.db, tenant!)
  const viewer = { ...base.viewer, kind: 'CLIENT' as const, id: client!, scopes: new Set(scopes) }
  const mine = { ...base, viewer, cursors: new Cursors('c'.repeat(32)) }
  return { ...worker, ...mine, load: createLoaders(mine) }
}
const create = (scopes: string[]) =>
  createWebhookEndpoint(asToken(scopes), {
    idempotencyKey: key(),
    url: 'https://127.0.0.1/one',
    document: 'subscription { messageReceived { id } }',
  })
async function happen(): Promise<void> {
  const received = event(MessageReceivedSchema, tenant!, { messageId: newId(), profileId: newId(), channel: 'WECOM' })
  await deliver(test.db, 'engagement', handlers, [received])
  const loops = runQueues(worker, [deliverWebhooks])
  try {
    await eventually(() => expect(told).toHaveLength(1))
  } finally {
    await Promise.all(loops.map((one) => one.stop()))
  }
}

describe('a webhook endpoint', () => {
  it('is resolved with the scopes of the token that created it', async () => {
    await create(NARROW)
    await happen()
    expect([checked, told]).toEqual([[NARROW], [NARROW]])
  })

  it.each([
    ['url', { url: 'https://127.0.0.1/two' }],
    ['document', { document: 'subscription { messageReceived { channel } }' }],
    ['isEnabled', { isEnabled: true }],
  ])('is answered with the scopes of the token that last changed its %s', async (_what, change) => {
    const endpoint = await create(WIDE)
    await updateWebhookEndpoint(asToken(NARROW), { idempotencyKey: key(), endpointId: endpoint.id, ...change })
    await happen()
    expect([checked, told]).toEqual([[WIDE, NARROW], [NARROW]])
  })
})
