import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { testApp } from '@renmai/platform/testing/app'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { ReadBulkFileRequestSchema, ReadBulkFileResponseSchema } from '@renmai/proto/analytics/v1/analytics_service'
import { BulkOperationFinishedSchema } from '@renmai/proto/analytics/v1/events'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Context, Deps } from '../context.ts'
import { createLoaders } from '../loaders.ts'
import { analytics } from '../service.ts'
import { bulkOperationResolvers } from './bulk-operation.resolvers.ts'
import type { BulkOperation } from './bulk-operation.table.ts'
import { cancelBulkOperation } from './cancel-bulk-operation.ts'
import { expireBatch } from './expire-files.ts'
import { claim } from './lease.ts'
import { readBulkFile } from './read-bulk-file.ts'
import { runBulkQuery } from './run-bulk-query.ts'
import { readPage, runOperations } from './run-operations.ts'
import { signTicket } from './ticket.rules.ts'

const PAGES = 5
const folder = makeFolder('bulk')
let [nats, bus, test, worker]: [Nats, Bus, TestDatabase, Deps] = [] as never
let [stopAnswers, stopIdentity]: [() => Promise<void>, () => Promise<void>] = [] as never
/** What identity says of whoever holds a link. */
let held: { isActive: boolean; scopes: string[] }
let tenant: string
let viewer: Viewer
let stops: (() => Promise<unknown>)[]
let check: () => void
/** Called before each page is given. */
let beforePage: (after: string) => void
let asked: string[]

const linesOf = (page: number) => `{"n":${page},"secret":"花名册"}\n{"n":${page + 0.5}}\n`
const FILE = Array.from({ length: PAGES }, (_, page) => linesOf(page)).join('')

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  bus = await connectBus(
    { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' },
    'test',
    createLog('test', 'silent'),
  )
  stopIdentity = answerAll(bus, 'identity', [answer(IdentityService.method.authorizeViewer, async () => held)])
  stopAnswers = answerAll(bus, 'gateway', [
    answer(GatewayService.method.checkBulkQuery, async () => (check(), {})),
    answer(GatewayService.method.readBulkPage, async ({ after, viewerId }) => {
      beforePage(after)
      asked.push(viewerId)
      const page = Number(after || 0)
      return { lines: linesOf(page), nodes: 2, next: page + 1 < PAGES ? String(page + 1) : '' }
    }),
  ])
  test = await testDatabase(inject('postgresUrl'), analytics)
  const own = {
    KEY_RING: JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 1).toString('base64') } }),
    CURSOR_KEY: 'c'.repeat(32),
    TICKET_KEY: 't'.repeat(32),
    GATEWAY_URL: 'https://api.example.com',
  }
  worker = analytics.open(testApp(analytics.settings, { test, bus }, own))
})
beforeEach(() => {
  tenant = newId()
  viewer = { ...testContext(test.db, tenant).viewer, kind: 'CLIENT' }
  held = { isActive: true, scopes: [...viewer.scopes] }
  ;[stops, asked, check, beforePage] = [[], [], () => undefined, () => undefined]
})
afterEach(async () => {
  for (const stop of stops) await stop()
  await test.owner.query('TRUNCATE bulk_operations, bulk_parts')
})
afterAll(async () => {
  await stopAnswers()
  await stopIdentity()
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  folder.remove()
})

function contextOf(as = viewer): Context {
  const base = { ...testContext(test.db, as.tenantId), viewer: as }
  const keys = { cursors: new Cursors('c'.repeat(32)), ticketKey: worker.ticketKey, gatewayUrl: 'https://api.example.com' }
  return { ...base, ...keys, bus, handlers: [], load: createLoaders(base) }
}
const run = (ctx = contextOf()) => runBulkQuery(ctx, { idempotencyKey: key(), query: '{ customers { nodes { id } } }' })
const start = () => {
  for (const one of runQueues(worker, [runOperations])) stops.push(one.stop)
}
const look = async (id: string) => (await contextOf().load.bulkOperation.load(id)) as BulkOperation
const until = (state: string, id: string) => eventually(async () => expect((await look(id)).status).toBe(state))
const ticketFor = (id: string, now = new Date()) => signTicket(worker.ticketKey, tenant, id, viewer.id, now)
async function fetchPart(operationId: string, ticket: string, part = 0, tenantId = tenant) {
  const request = create(ReadBulkFileRequestSchema, { tenantId, operationId, ticket, part })
  return fromBinary(ReadBulkFileResponseSchema, await readBulkFile(worker).reply(toBinary(ReadBulkFileRequestSchema, request)))
}
async function fetchFile(id: string): Promise<string> {
  const parts = []
  const { parts: count } = await fetchPart(id, ticketFor(id))
  for (let part = 0; part < count; part++) parts.push((await fetchPart(id, ticketFor(id), part)).lines)
  return parts.join('')
}
const notFound = { code: 'NOT_FOUND', message: 'No such path' }
type Finished = { operationId: string; status: string }
const finished = async (id: string) =>
  (await published(test, BulkOperationFinishedSchema)).filter((one: Finished) => one.operationId === id)

describe('a bulk operation', () => {
  it('reads all pages in the name of who asked, counts on the way, and says when it is done', async () => {
    const { id } = await run()
    expect(await look(id)).toMatchObject({ status: 'CREATED' })
    start()
    await until('COMPLETED', id)
    expect(await fetchFile(id)).toBe(FILE)
    expect(await look(id)).toMatchObject({ objectCount: 2 * PAGES, fileSize: Buffer.byteLength(FILE), parts: PAGES, errorCode: null })
    expect(new Set(asked)).toEqual(new Set([viewer.id]))
    expect(await finished(id)).toMatchObject([{ tenantId: tenant, status: 'COMPLETED' }])
  })

  it('is fetched by nobody who is not active any more, or lost a scope with which it was made', async () => {
    const { id } = await run()
    start()
    await until('COMPLETED', id)
    const all = held.scopes
    for (const now of [
      { isActive: false, scopes: [] },
      { isActive: true, scopes: all.filter((scope) => scope !== 'exports:write') },
      { isActive: true, scopes: ['exports:write'] },
    ]) {
      held = now
      await expect(fetchPart(id, ticketFor(id))).rejects.toMatchObject(notFound)
    }
    held = { isActive: true, scopes: all }
    expect(await fetchFile(id)).toBe(FILE)
  })

  it('keeps what it reads encrypted', async () => {
    const { id } = await run()
    start()
    await until('COMPLETED', id)
    const { bulk_parts: parts } = await dumpTables(test)
    expect(parts).toHaveLength(PAGES)
    expect(Buffer.from(parts!.join()).includes('花名册') || parts!.join().includes(Buffer.from('花名册').toString('hex'))).toBe(false)
  })

  it('goes on where a worker died, with nothing lost or twice; a worker that was too slow writes nothing', async () => {
    const { id } = await run()
    let slow = (await claim(worker, tenant))!
    for (let page = 0; page < 2; page++) slow = (await readPage(worker, slow))!
    expect(await look(id)).toMatchObject({ status: 'RUNNING', objectCount: 4, after: '2' })
    expect(await claim(worker, tenant)).toBeUndefined()
    await test.owner.query("UPDATE bulk_operations SET next_at = now() - interval '1 second'")
    const other = (await claim(worker, tenant))!
    expect(await readPage(worker, slow)).toBeUndefined()
    await readPage(worker, other)
    expect(await readPage(worker, slow)).toBeUndefined()
    await test.owner.query("UPDATE bulk_operations SET next_at = now() - interval '1 second'")
    start()
    await until('COMPLETED', id)
    expect(await fetchFile(id)).toBe(FILE)
  })

  it('waits while a part of the answer is away, and fails for what does not pass', async () => {
    beforePage = (after) => {
      if (after === '3') throw new AppError('UNAVAILABLE', 'away')
    }
    const { id } = await run()
    start()
    await eventually(async () => expect(await look(id)).toMatchObject({ status: 'RUNNING', failures: 1, after: '3', attemptId: null }))
    beforePage = () => {
      throw new AppError('FORBIDDEN', 'not active any more')
    }
    await test.owner.query('UPDATE bulk_operations SET next_at = now()')
    await until('FAILED', id)
    expect(await look(id)).toMatchObject({ errorCode: 'FORBIDDEN', errorMessage: 'not active any more', after: '3' })
    await expect(fetchPart(id, ticketFor(id))).rejects.toMatchObject(notFound)
    expect(await finished(id)).toMatchObject([{ status: 'FAILED' }])
  })

  it('of one viewer runs alone, those of others beside it; five may be unfinished', async () => {
    const ids = [(await run()).id]
    const more = await Promise.allSettled(Array.from({ length: 8 }, () => run()))
    expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    await expect(run()).rejects.toMatchObject({ code: 'CONFLICT' })
    const other = await run(contextOf({ ...viewer, id: newId() }))
    expect((await claim(worker, tenant))!.id).toBe(ids[0])
    expect((await claim(worker, tenant))!.id).toBe(other.id)
    expect(await claim(worker, tenant)).toBeUndefined()
  })

  it('has its turn, and then another one has', async () => {
    const other = { ...viewer, id: newId() }
    const [one] = [await run(), await run(contextOf(other))]
    for (const lane of runQueues({ ...worker, turnMs: 0 }, [runOperations])) stops.push(lane.stop)
    await until('COMPLETED', one.id)
    await eventually(() => expect(asked).toHaveLength(2 * PAGES))
    expect(asked.slice(0, 4)).toEqual([viewer.id, other.id, viewer.id, other.id])
    expect(await fetchFile(one.id)).toBe(FILE)
  })

  it('can be ended by who began it, also while it runs', async () => {
    const { id } = await run()
    const operationId = id
    const claimed = (await claim(worker, tenant))!
    const next = (await readPage(worker, claimed))!
    for (const stranger of [
      { ...viewer, id: newId() },
      { ...viewer, kind: 'STAFF' as const },
    ])
      await expect(cancelBulkOperation(contextOf(stranger), { idempotencyKey: key(), operationId })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    await cancelBulkOperation(contextOf(), { idempotencyKey: key(), operationId })
    expect(await look(id)).toMatchObject({ status: 'CANCELED' })
    expect(await readPage(worker, next)).toBeUndefined()
    expect(await look(id)).toMatchObject({ status: 'CANCELED', objectCount: 2 })
    await expect(cancelBulkOperation(contextOf(), { idempotencyKey: key(), operationId })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(fetchPart(id, ticketFor(id))).rejects.toMatchObject(notFound)
    await test.owner.query("UPDATE bulk_operations SET ended_at = now() - interval '1 second'")
    while (await expireBatch(worker, tenant));
    expect((await test.owner.query('SELECT * FROM bulk_parts')).rows).toEqual([])
    expect((await look(id)).status).toBe('CANCELED')
  })

  it('is refused without the scope, and for a query that the gateway refuses', async () => {
    await expect(run(contextOf({ ...viewer, scopes: new Set(['customers:read']) }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    check = () => {
      throw new AppError('INVALID', 'query: customer is no list with pages')
    }
    await expect(run()).rejects.toMatchObject({ code: 'INVALID', message: 'query: customer is no list with pages' })
  })

  it("is nobody else's to see, in the same tenant or another", async () => {
    const { id } = await run()
    for (const stranger of [
      { ...viewer, id: newId() },
      { ...viewer, kind: 'STAFF' as const },
      { ...viewer, tenantId: newId() },
    ])
      expect(await contextOf(stranger).load.bulkOperation.load(id)).toBeUndefined()
  })
})

describe('the link to a file', () => {
  it('is good for a quarter of an hour, for one file of one tenant, as it was signed; its use is audited', async () => {
    const { id } = await run()
    const { id: later } = await run()
    await expect(fetchPart(id, ticketFor(id))).rejects.toMatchObject(notFound)
    start()
    await until('COMPLETED', later)
    const url = (bulkOperationResolvers.BulkOperation!.url as unknown as (...args: unknown[]) => string)(await look(id), {}, contextOf())
    const [, ticket = ''] = url.split('ticket=')
    expect(url).toMatch(`https://api.example.com/bulk/${tenant}/${id}.jsonl?ticket=`)
    expect((await fetchPart(id, ticket)).lines).toBe(linesOf(0))
    const minutes = (count: number) => new Date(Date.now() - count * 60_000)
    expect((await fetchPart(id, ticketFor(id, minutes(14)))).bytes).toBe(BigInt(Buffer.byteLength(FILE)))
    const [expires, who, mac] = ticket.split('.')
    for (const bad of [
      '',
      'x',
      ticketFor(id, minutes(16)),
      ticketFor(later),
      `${Number(expires) + 1}.${who}.${mac}`,
      `${expires}.${newId()}.${mac}`,
    ])
      await expect(fetchPart(id, bad)).rejects.toMatchObject(notFound)
    await expect(fetchPart(id, ticket, 0, newId())).rejects.toMatchObject(notFound)
    await expect(fetchPart('nothing', ticket)).rejects.toMatchObject(notFound)
    const audited = (await published(test, ActionRecordedSchema)).filter(
      ({ action, targetId }) => action === 'fetchBulkFile' && targetId === id,
    )
    expect(audited).toMatchObject([
      { actorKind: 'CLIENT', actorId: viewer.id, tenantId: tenant },
      { actorKind: 'CLIENT', actorId: viewer.id },
    ])
  })

  it('ends with the file, after a week', async () => {
    const { id } = await run()
    start()
    await until('COMPLETED', id)
    while (await expireBatch(worker, tenant));
    expect(await fetchFile(id)).toBe(FILE)
    await test.owner.query("UPDATE bulk_operations SET ended_at = now() - interval '7 days 1 minute'")
    while (await expireBatch(worker, tenant));
    expect((await look(id)).status).toBe('EXPIRED')
    await expect(fetchPart(id, ticketFor(id))).rejects.toMatchObject(notFound)
    expect((await test.owner.query('SELECT * FROM bulk_parts')).rows).toEqual([])
  })
})
