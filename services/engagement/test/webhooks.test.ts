import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { createEgress, parseExceptions } from '@renmai/platform/secrets/egress'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event, published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { MessageReceivedSchema, WebhookEndpointDisabledSchema } from '@renmai/proto/engagement/v1/events'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import type { Context, Deps } from '../src/context.ts'
import { handlers } from '../src/handlers.ts'
import { createLoaders } from '../src/loaders.ts'
import { engagement } from '../src/service.ts'
import { claimDeliveries } from '../src/webhook-endpoints/claim-deliveries.ts'
import { createWebhookEndpoint } from '../src/webhook-endpoints/create-webhook-endpoint.ts'
import { deleteWebhookEndpoint } from '../src/webhook-endpoints/delete-webhook-endpoint.ts'
import { deliverWebhooks } from '../src/webhook-endpoints/deliver-webhooks.ts'
import { judge } from '../src/webhook-endpoints/delivery.rules.ts'
import { forgetOld } from '../src/webhook-endpoints/forget-deliveries.ts'
import { createPost } from '../src/webhook-endpoints/post-delivery.ts'
import { record } from '../src/webhook-endpoints/record-delivery.ts'
import { replayWebhookDeliveries } from '../src/webhook-endpoints/replay-deliveries.ts'
import { rotateWebhookSecret } from '../src/webhook-endpoints/rotate-webhook-secret.ts'
import { testWebhookEndpoint } from '../src/webhook-endpoints/test-webhook-endpoint.ts'
import { updateWebhookEndpoint } from '../src/webhook-endpoints/update-webhook-endpoint.ts'
import { testDeps } from './deps.ts'

const folder = makeFolder('webhooks')
const HOUR_MS = 3_600_000
const LOOPBACK = parseExceptions('127.0.0.1:1-65535/webhook', ['webhook'])
let [nats, bus, test, worker, target, url]: [Nats, Bus, TestDatabase, Deps, Server, string] = [] as never
let stopAnswers: () => Promise<void>
let tenant: string
let client: string
let stops: (() => Promise<unknown>)[]

type Got = { headers: Record<string, string>; body: string; path: string }
let got: Got[]
let respond: (request: IncomingMessage, response: ServerResponse) => void
/** What the gateway says of an event; what it checks of a document. */
let tell: (event: { messageId?: string; type: string }) => string
const source = { field: 'messageReceived', types: ['renmai.engagement.v1.MessageReceived'], value: '', fields: [] as string[], everyMs: 0 }
let check: (document: string) => typeof source

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  bus = await connectBus(
    { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' },
    'test',
    createLog('test', 'silent'),
  )
  stopAnswers = answerAll(bus, 'gateway', [
    answer(GatewayService.method.tellEvent, async ({ event: text }) => ({ result: tell(JSON.parse(text)) })),
    answer(GatewayService.method.checkSubscription, async ({ document }) => check(document)),
  ])
  test = await testDatabase(inject('postgresUrl'), engagement)
  worker = testDeps(test, bus, { EGRESS_ALLOW: '127.0.0.1:1-65535/webhook' })
  target = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ headers: request.headers as Got['headers'], body: Buffer.concat(chunks).toString(), path: request.url! })
      respond(request, response)
    })
  }).listen(0, '127.0.0.1')
  await new Promise((done) => target.once('listening', done))
  url = `http://127.0.0.1:${(target.address() as AddressInfo).port}`
})
beforeEach(() => {
  ;[tenant, client, stops, got] = [newId(), newId(), [], []]
  respond = (_request, response) => response.writeHead(204).end()
  tell = ({ messageId }) => JSON.stringify({ data: { messageReceived: { id: messageId } } })
  check = () => source
})
afterEach(async () => {
  for (const stop of stops) await stop()
  await test.owner.query('TRUNCATE webhook_endpoints, webhook_deliveries')
})
afterAll(async () => {
  target.closeAllConnections()
  target.close()
  await stopAnswers()
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  folder.remove()
})

function contextOf(tenantId = tenant, change: Partial<Context> = {}): Context {
  const base = { ...testContext(test.db, tenantId), ...change }
  return { ...worker, ...base, cursors: new Cursors('c'.repeat(32)), load: createLoaders(base) }
}
const asClient = (id: string) => contextOf(tenant, { viewer: { ...contextOf().viewer, kind: 'CLIENT', id } })
const create = (more: object = {}, ctx = contextOf()) =>
  createWebhookEndpoint(ctx, { idempotencyKey: key(), clientId: client, url, document: 'subscription { messageReceived { id } }', ...more })
const received = (tenantId = tenant) => event(MessageReceivedSchema, tenantId, { messageId: newId(), profileId: newId(), channel: 'WECOM' })
const happen = (...events: ReturnType<typeof event>[]) => deliver(test.db, 'engagement', handlers, events)
const start = () => {
  const loops = runQueues(worker, [deliverWebhooks])
  const stop = () => Promise.all(loops.map((one) => one.stop()))
  stops.push(stop)
  return { stop }
}
type Row = { id: string; state: string; attempts: number; log: { status: number | null; problem: string | null }[]; wait: number }
const rows = async (endpointId?: string): Promise<Row[]> =>
  (
    await test.owner.query(
      `SELECT id, state, attempts, log, extract(epoch FROM next_at - now())::float AS wait FROM webhook_deliveries
       WHERE tenant_id = $1 AND ($2::uuid IS NULL OR endpoint_id = $2) ORDER BY id`,
      [tenant, endpointId ?? null],
    )
  ).rows
const endpoint = async (id: string) => (await test.owner.query('SELECT * FROM webhook_endpoints WHERE id = $1', [id])).rows[0]

const makeDue = () => test.owner.query("UPDATE webhook_deliveries SET next_at = now() WHERE state = 'PENDING'")
const settled = (state: string, count = 1) =>
  eventually(async () => expect((await rows()).filter((row) => row.state === state)).toHaveLength(count))

describe('an endpoint', () => {
  const tricks = [
    [
      'http://127.1',
      'https://2130706433',
      'https://0x7f.1',
      'https://0177.0.0.1',
      'https://0',
      'https://①②⑦.0.0.1',
      'https://127。0。0。1',
    ],
    ['https://[::1]', 'https://[::ffff:7f00:1]', 'https://[64:ff9b::7f00:1]', 'https://[2002:7f00:1::]', 'https://[::127.0.0.1]'],
    ['https://169.254.169.254', 'https://100.100.100.200', 'https://100.64.0.1', 'https://192.0.2.1', 'https://198.18.0.1', 'https://[::]'],
    [
      'https://localhost.',
      'https://kubernetes.default.svc',
      'https://nats',
      'https://db.internal',
      'https://x.local',
      'https://a.cluster.local',
    ],
    [
      'https://user@hooks.example.com',
      'https://hooks.example.com:22',
      'https://hooks.example.com:8443',
      'file:///etc/passwd',
      'gopher://x.com',
    ],
    [
      'https://hooks.example.com/#@127.0.0.1',
      'http://hooks.example.com',
      'http://93.184.215.14',
      'http://93.184.215.14:443',
      'hooks',
      'https://',
    ],
    ['https://two-faced.example.com', 'https://inside.example.com', 'https://nobody.example.com'],
  ]
  const addresses: Record<string, string[]> = {
    'hooks.example.com': ['93.184.215.14'],
    'two-faced.example.com': ['93.184.215.14', '10.0.0.5'],
    'inside.example.com': ['169.254.169.254'],
  }
  const find = async (name: string) => addresses[name] ?? (/^[\d.:a-f]+$/.test(name) ? [name] : Promise.reject(new Error('ENOTFOUND')))
  const strict = () => contextOf(tenant, { webEgress: createEgress([], 'webhook', [443], find) })

  it.each(tricks.flat())('is refused in one and the same way where it must not be: %s', async (bad) => {
    await expect(create({ url: bad }, strict())).rejects.toMatchObject({
      code: 'INVALID',
      message: 'url must be an https URL of a public host',
    })
  })

  it('is on port 443 by its name, also where numbers inside are meant', async () => {
    const own = contextOf(tenant, { webEgress: createEgress(LOOPBACK, 'webhook', [443], find) })
    for (const bad of ['https://hooks.example.com:8443', 'http://hooks.example.com'])
      await expect(create({ url: bad }, own)).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('is taken on a public host', async () => {
    expect((await create({ url: 'https://hooks.example.com/renmai?a=1' }, strict())).endpoint.url).toBe(
      'https://hooks.example.com/renmai?a=1',
    )
    await expect(
      updateWebhookEndpoint(strict(), { idempotencyKey: key(), endpointId: newId(), url: 'https://10.0.0.1' }),
    ).rejects.toMatchObject({
      code: 'INVALID',
    })
  })

  it('has a secret of 24 to 64 bytes, shown once and kept sealed', async () => {
    for (const secret of [
      'whsec_',
      `whsec_${Buffer.alloc(23).toString('base64')}`,
      `whsec_${Buffer.alloc(65).toString('base64')}`,
      'x'.repeat(40),
    ])
      await expect(create({ secret })).rejects.toMatchObject({ code: 'INVALID', fields: { secret: expect.stringContaining('24 to 64') } })
    const [input, ctx] = [{ idempotencyKey: key() }, contextOf()]
    const { endpoint: made, secret } = await create(input, ctx)
    expect(secret).toMatch(/^whsec_.{44}$/)
    expect((await create(input, ctx)).secret).toBeNull()
    expect(JSON.stringify(made) + JSON.stringify(await endpoint(made.id))).not.toContain(secret!.slice(6))
  })

  it('is for a document that the client may have and webhooks tell of', async () => {
    check = () => {
      throw new AppError('FORBIDDEN', 'document: not for you')
    }
    await expect(create()).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'document: not for you' })
    check = () => ({ ...source, field: 'kpiChanged', types: ['renmai.engagement.v1.TouchpointsRecorded'] })
    await expect(create()).rejects.toMatchObject({ code: 'INVALID', message: expect.stringContaining('live views only') })
  })

  it("is the client's own: others find nothing, and staff say for whom", async () => {
    const { endpoint: made } = await create({ clientId: undefined }, asClient(client))
    expect(made.clientId).toBe(client)
    await expect(create({ clientId: newId() }, asClient(client))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(create({ clientId: undefined })).rejects.toMatchObject({ code: 'INVALID' })
    const input = () => ({ idempotencyKey: key(), endpointId: made.id })
    for (const ctx of [asClient(newId()), contextOf(newId())]) {
      for (const act of [
        () => updateWebhookEndpoint(ctx, { ...input(), isEnabled: false }),
        () => updateWebhookEndpoint(ctx, { ...input(), document: 'subscription { messageReceived { id } }' }),
        () => rotateWebhookSecret(ctx, input()),
        () => testWebhookEndpoint(ctx, input()),
        () => replayWebhookDeliveries(ctx, { ...input(), failedSince: new Date('2000-01-01') }),
        () => deleteWebhookEndpoint(ctx, input()),
      ])
        await expect(act()).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(await ctx.load.webhookEndpoint.load(made.id)).toBeUndefined()
    }
    await expect(create({}, contextOf(tenant, { viewer: { ...contextOf().viewer, scopes: new Set() } }))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  it('is not changed by who has not seen what another changed', async () => {
    const { endpoint: made } = await create()
    const update = (expectedVersion: number) =>
      updateWebhookEndpoint(contextOf(), { idempotencyKey: key(), endpointId: made.id, isEnabled: true, expectedVersion })
    expect(await update(1)).toMatchObject({ version: 2 })
    await expect(update(1)).rejects.toMatchObject({ code: 'CONFLICT', fields: { expectedVersion: 'now 2' } })
  })

  it('is one of at most twenty of its client', async () => {
    const made = await Promise.allSettled(Array.from({ length: 24 }, () => create()))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    await expect(create()).rejects.toMatchObject({ code: 'CONFLICT' })
    await create({ clientId: newId() })
  })
})

describe('a delivery', () => {
  it('is signed, says what and when, and stands in the log', async () => {
    const { secret } = await create({ url: `${url}/in?x=1` })
    const happened = received()
    await happen(happened, received(newId()))
    start()
    await settled('DELIVERED')
    const [{ headers, body, path }] = got as [Got]
    expect(new Webhook(secret!).verify(body, headers)).toEqual({
      type: 'messageReceived',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { messageReceived: { id: expect.any(String) } },
    })
    const [row] = await rows()
    expect([headers['webhook-id'], headers['content-type'], path]).toEqual([row!.id, 'application/json', '/in?x=1'])
    expect(row!.log).toEqual([{ at: expect.any(String), status: 204, problem: null, durationMs: expect.any(Number) }])
    expect(got).toHaveLength(1)
  })

  it('is of events that concern the endpoint, and of several about the same that wait there is one', async () => {
    const [mine, other] = [newId(), newId()]
    const about = { field: 'segmentChanged', types: [SegmentEnteredSchema.typeName], fields: ['segmentId'] }
    check = () => ({ ...source, ...about, value: mine })
    const { endpoint: filtered } = await create()
    check = () => ({ ...source, ...about, everyMs: 60_000 })
    const { endpoint: seldom } = await create()
    const enter = (segmentId: string) => event(SegmentEnteredSchema, tenant, { segmentId, customerId: newId() })
    await happen(enter(mine), enter(other), enter(mine), received())
    expect(await rows(filtered.id)).toHaveLength(2)
    const waiting = await rows(seldom.id)
    expect(waiting).toHaveLength(2)
    expect(waiting[0]!.wait).toBeGreaterThan(50)
    await makeDue()
    await claimDeliveries(test.db, tenant, [filtered.id, filtered.id], 10)
    await happen(enter(mine))
    expect(await rows(seldom.id)).toHaveLength(3)
  })

  it('is due by the clock of the database, whatever this process takes the time for', async () => {
    await create()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * HOUR_MS)
    await happen(received())
    clock.mockRestore()
    expect((await rows())[0]!.wait).toBeLessThan(60)
  })

  it('that fails comes again with the same id, later and later, and the endpoint shows since when', async () => {
    const { endpoint: made } = await create()
    respond = (_request, response) => response.writeHead(500).end('no')
    await happen(received())
    start()
    await eventually(async () =>
      expect((await rows())[0]).toMatchObject({ attempts: 1, state: 'PENDING', log: [{ status: 500, problem: 'REFUSED' }] }),
    )
    const [row] = await rows()
    expect(row!.wait).toBeGreaterThan(3)
    expect((await endpoint(made.id)).failing_since).not.toBeNull()
    respond = (_request, response) => response.writeHead(200).end('ok')
    await makeDue()
    await settled('DELIVERED')
    expect(got.map(({ headers }) => headers['webhook-id'])).toEqual([row!.id, row!.id])
    expect((await endpoint(made.id)).failing_since).toBeNull()
  })

  it('follows the schedule of the specification to its end', () => {
    const verdicts = Array.from({ length: 10 }, (_, no) => judge({ status: 500, problem: 'REFUSED' }, no + 1, false, 0))
    expect(verdicts.map((one) => ('afterSeconds' in one ? one.afterSeconds : one))).toEqual([
      5,
      300,
      1_800,
      7_200,
      18_000,
      36_000,
      50_400,
      72_000,
      86_400,
      { state: 'FAILED', isGone: false },
    ])
    expect(judge({ status: 429, problem: 'REFUSED', retryAfterSeconds: 900 }, 1, false, 0)).toMatchObject({ afterSeconds: 900 })
    expect(judge({ status: 503, problem: 'REFUSED', retryAfterSeconds: 1e9 }, 1, false, 1)).toMatchObject({ afterSeconds: 86_400 })
    expect(judge({ status: 301, problem: 'REFUSED' }, 1, false, 1)).toMatchObject({ afterSeconds: 5.5 })
  })

  it('does not follow a redirection', async () => {
    await create()
    respond = ({ url: path }, response) => response.writeHead(path === '/' ? 302 : 200, { location: `${url}/elsewhere` }).end()
    await happen(received())
    start()
    await eventually(async () => expect((await rows())[0]).toMatchObject({ attempts: 1, state: 'PENDING', log: [{ status: 302 }] }))
    expect(got.map(({ path }) => path)).toEqual(['/'])
  })

  it('of which the client is told nothing is not sent', async () => {
    await create()
    tell = () => ''
    await happen(received())
    start()
    await settled('SKIPPED')
    expect(got).toHaveLength(0)
  })

  it('waits, without counting, while the gateway or a part of the answer is away', async () => {
    await create()
    tell = () => {
      throw new AppError('UNAVAILABLE', 'away')
    }
    await happen(received())
    start()
    await eventually(async () => expect((await rows())[0]).toMatchObject({ attempts: 0, wait: expect.closeTo(10, -1) }))
    expect((await rows())[0]).toMatchObject({ attempts: 0, state: 'PENDING', log: [] })
    tell = () => '{"data":{}}'
    await makeDue()
    await settled('DELIVERED')
  })

  it('whose document cannot be answered any more counts as failed', async () => {
    await create()
    tell = () => {
      throw new AppError('INVALID', 'Cannot query field')
    }
    await happen(received())
    start()
    await eventually(async () =>
      expect((await rows())[0]).toMatchObject({ attempts: 1, log: [{ status: null, problem: 'DOCUMENT_INVALID' }] }),
    )
  })

  it('that we cannot make counts as failed too, and does not come again for ever', async () => {
    await create()
    await test.owner.query("UPDATE webhook_endpoints SET secrets = '\\x00'")
    await happen(received())
    start()
    await eventually(async () => expect((await rows())[0]).toMatchObject({ attempts: 1, log: [{ status: null, problem: 'INTERNAL' }] }))
    expect(got).toHaveLength(0)
  })

  it('that a worker dies with comes again; a worker that was too slow decides nothing', async () => {
    await create()
    await happen(received())
    const [slow] = await claimDeliveries(test.db, tenant, [], 10)
    expect(await claimDeliveries(test.db, tenant, [], 10)).toEqual([])
    expect((await rows())[0]!.wait).toBeGreaterThan(30)
    await makeDue()
    const [again] = await claimDeliveries(test.db, tenant, [], 10)
    expect(again!.id).toBe(slow!.id)
    await record(worker, slow!, { sent: { status: 200, problem: null }, durationMs: 1 })
    expect((await rows())[0]).toMatchObject({ state: 'PENDING', log: [] })
    await record(worker, again!, { sent: { status: 200, problem: null }, durationMs: 1 })
    expect((await rows())[0]).toMatchObject({ state: 'DELIVERED' })
  })

  it('to one that hangs holds up neither other endpoints nor other tenants', async () => {
    const { endpoint: hanging } = await create({ url: `${url}/hang` })
    respond = ({ url: path }, response) => void (path === '/hang' || response.writeHead(204).end())
    await happen(...Array.from({ length: 40 }, () => received()))
    start()
    await eventually(() => expect(got.filter(({ path }) => path === '/hang')).toHaveLength(8))
    await create({ url: `${url}/good` })
    await happen(...Array.from({ length: 5 }, () => received()))
    await eventually(() => expect(got.filter(({ path }) => path === '/good')).toHaveLength(5))
    expect(got.filter(({ path }) => path === '/hang')).toHaveLength(8)
    await test.owner.query('UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1', [hanging.id])
    await test.owner.query('UPDATE webhook_deliveries SET next_at = now() WHERE endpoint_id = $1', [hanging.id])
    expect(await claimDeliveries(test.db, tenant, [], 24)).toHaveLength(1)
    target.closeAllConnections()
  })
})

describe('an endpoint is sent nothing any more', () => {
  const disabled = async (id: string, reason: string) => {
    await eventually(async () => expect((await endpoint(id)).disabled_reason).toBe(reason))
    expect((await published(test, WebhookEndpointDisabledSchema)).filter(({ endpointId }) => endpointId === id)).toMatchObject([
      { tenantId: tenant, reason },
    ])
  }

  it('when it answers 410', async () => {
    const { endpoint: made } = await create()
    respond = (_request, response) => response.writeHead(410).end()
    await happen(...Array.from({ length: 8 }, () => received()))
    start()
    await disabled(made.id, 'GONE')
    await settled('FAILED', 8)
    await happen(received())
    expect(await rows()).toHaveLength(8)
    // What was being queued at that moment.
    await test.owner.query("UPDATE webhook_deliveries SET state = 'PENDING', next_at = now()")
    expect(await claimDeliveries(test.db, tenant, [], 10)).toEqual([])
  })

  it('when nothing could be delivered for five days', async () => {
    const { endpoint: made } = await create()
    respond = (_request, response) => response.writeHead(503).end()
    await test.owner.query("UPDATE webhook_endpoints SET failing_since = now() - interval '5 days 1 minute' WHERE id = $1", [made.id])
    await happen(received())
    start()
    await disabled(made.id, 'FAILING')
    await settled('FAILED')
  })

  it('when its client may do nothing any more', async () => {
    const { endpoint: made } = await create()
    tell = () => {
      throw new AppError('FORBIDDEN', 'not active')
    }
    await happen(received())
    start()
    await disabled(made.id, 'CLIENT_REVOKED')
    expect(got).toHaveLength(0)
  })

  it('when somebody says so, until they say otherwise; what waited can be replayed', async () => {
    const { endpoint: made } = await create()
    await happen(received())
    const input = () => ({ idempotencyKey: key(), endpointId: made.id })
    expect(await updateWebhookEndpoint(contextOf(), { ...input(), isEnabled: false })).toMatchObject({ disabledReason: 'BY_HAND' })
    await happen(received())
    await expect(replayWebhookDeliveries(contextOf(), { ...input(), failedSince: new Date('2000-01-01') })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await expect(testWebhookEndpoint(contextOf(), input())).rejects.toMatchObject({ code: 'CONFLICT' })
    start()
    expect(await updateWebhookEndpoint(contextOf(), { ...input(), isEnabled: true })).toMatchObject({ disabledReason: null })
    const [failed] = await rows()
    expect(failed!.state).toBe('FAILED')
    expect((await replayWebhookDeliveries(contextOf(), { ...input(), failedSince: new Date('2000-01-01') })).replayed).toBe(1)
    await settled('DELIVERED')
    expect(got.map(({ headers }) => headers['webhook-id'])).toEqual([failed!.id])
    expect((await replayWebhookDeliveries(contextOf(), { ...input(), deliveryIds: [failed!.id, newId()] })).replayed).toBe(1)
    await eventually(() => expect(got).toHaveLength(2))
  })

  it('when it is deleted', async () => {
    const { endpoint: made } = await create()
    await happen(received())
    expect(await deleteWebhookEndpoint(contextOf(), { idempotencyKey: key(), endpointId: made.id })).toEqual({ deletedId: made.id })
    await happen(received())
    start()
    await settled('FAILED')
    expect(got).toHaveLength(0)
  })
})

describe('secrets', () => {
  it('are two for a day after the first is replaced, and then one', async () => {
    const { endpoint: made, secret: old } = await create()
    const { secret } = await rotateWebhookSecret(contextOf(), { idempotencyKey: key(), endpointId: made.id })
    await happen(received())
    start()
    await settled('DELIVERED')
    const isGood = ({ body, headers }: Got, one: string) => {
      try {
        return Boolean(new Webhook(one).verify(body, headers))
      } catch {
        return false
      }
    }
    expect([old!, secret!].map((one) => isGood(got[0]!, one))).toEqual([true, true])
    await stops.pop()!()
    await test.owner.query('UPDATE webhook_endpoints SET previous_secret_until = $1', [new Date(Date.now() - HOUR_MS)])
    await happen(received())
    start()
    await settled('DELIVERED', 2)
    expect([old!, secret!].map((one) => isGood(got[1]!, one))).toEqual([false, true])
    expect(isGood({ ...got[1]!, body: `${got[1]!.body} ` }, secret!)).toBe(false)
  })
})

describe('a test', () => {
  it('is sent once, one in ten seconds, and its failure says nothing about the endpoint', async () => {
    const { endpoint: made } = await create()
    respond = (_request, response) => response.writeHead(500).end('what stands here is nobody’s business')
    const input = () => ({ idempotencyKey: key(), endpointId: made.id })
    await testWebhookEndpoint(contextOf(), input())
    await expect(testWebhookEndpoint(contextOf(), input())).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 10 })
    start()
    await settled('FAILED')
    expect(JSON.parse(got[0]!.body)).toMatchObject({ type: 'test', data: null })
    expect((await endpoint(made.id)).failing_since).toBeNull()
    expect(JSON.stringify(await rows())).not.toContain('business')
    await testWebhookEndpoint(contextOf(tenant, { now: () => new Date(Date.now() + 11_000) }), input())
  })
})

describe('what is sent', () => {
  const parcel = (path = '') => ({
    id: newId(),
    url: `${url}${path}`,
    secrets: [`whsec_${Buffer.alloc(24, 1).toString('base64')}`],
    body: '{}',
  })
  const postWithin = async (ms: number, to = parcel(), egress = worker.webEgress) => {
    const { post, close } = createPost(egress, ms)
    stops.push(close)
    return post(to, new Date())
  }

  /** As fast as it is read. */
  const writeOn = (response: ServerResponse): void => {
    while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
    response.once('drain', () => writeOn(response))
  }
  const slowly = (response: ServerResponse): void => {
    const timer = setInterval(() => response.write('a'), 500)
    response.once('close', () => clearInterval(timer))
  }

  it('waits for an answer no longer than it may', async () => {
    respond = () => undefined
    expect(await postWithin(200)).toEqual({ status: null, problem: 'NO_ANSWER' })
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['an endless body', (response) => writeOn(response)],
    ['a byte a second', (response) => slowly(response)],
    ['10 GB by its own account', (response) => writeOn(response)],
  ])('reads little of %s', async (what, write) => {
    let written = () => 0
    respond = (_request, response) => {
      const { socket } = response
      written = () => socket!.bytesWritten
      response.writeHead(200, what.startsWith('10 GB') ? { 'content-length': String(10 * 1024 ** 3) } : {})
      write(response)
    }
    expect(await postWithin(1_500)).toMatchObject({ status: 200, problem: null })
    // With what the buffers between hold.
    expect(written()).toBeLessThan(32 * 1024 ** 2)
    target.closeAllConnections()
  })

  it('takes a bomb of headers for no answer', async () => {
    respond = (_request, response) => response.writeHead(200, { 'x-bomb': 'a'.repeat(100_000) }).end()
    expect(await postWithin(2_000)).toEqual({ status: null, problem: 'NO_ANSWER' })
  })

  const connectErrors = async (find: () => Promise<string[]>, allowed: typeof LOOPBACK) => {
    const errors: (Error & { address?: string; port?: number })[] = []
    const note = (message: unknown) => void errors.push((message as { error: Error }).error)
    subscribe('undici:client:connectError', note)
    const to = { ...parcel(), url: 'https://hooks.example.com/x' }
    const answers = [await postWithin(2_000, to, createEgress(allowed, 'webhook', [443], find))]
    unsubscribe('undici:client:connectError', note)
    return { answers, errors }
  }

  it('goes to the address that was looked at, and to none inside, whatever the name said before', async () => {
    const pinned = await connectErrors(async () => ['127.0.0.1'], LOOPBACK)
    expect(pinned.errors[0]).toMatchObject({ code: 'ECONNREFUSED', address: '127.0.0.1', port: 443 })
    const flipped = await connectErrors(async () => ['127.0.0.1'], [])
    expect(flipped.errors[0]).toMatchObject({ code: 'INVALID', message: 'We cannot connect to this host and port' })
    expect([...pinned.answers, ...flipped.answers]).toEqual(Array(2).fill({ status: null, problem: 'NO_ANSWER' }))
  })

  it('goes nowhere inside although it was stored once', async () => {
    expect(await postWithin(500, parcel(), createEgress([], 'webhook', [443]))).toEqual({ status: null, problem: 'NO_ANSWER' })
    expect(got).toHaveLength(0)
  })
})

describe('the log', () => {
  it('is forgotten after thirty days', async () => {
    await create()
    await happen(received(), received())
    await test.owner.query(
      "UPDATE webhook_deliveries SET created_at = now() - interval '31 days' WHERE id = (SELECT id FROM webhook_deliveries ORDER BY id LIMIT 1)",
    )
    expect(await forgetOld(worker, tenant)).toBe(1)
    expect(await rows()).toHaveLength(1)
  })

  it('keeps the last twenty attempts', async () => {
    await create()
    await happen(received())
    for (let no = 0; no < 23; no++) {
      await test.owner.query("UPDATE webhook_deliveries SET next_at = now(), state = 'PENDING', attempts = 0")
      const [due] = await claimDeliveries(test.db, tenant, [], 1)
      await record(worker, due!, { sent: { status: 500 + no, problem: 'REFUSED' }, durationMs: 1 })
    }
    expect((await rows())[0]!.log.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, (_, no) => 503 + no))
  })
})
