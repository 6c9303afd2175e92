import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { testApp } from '@renmai/platform/testing/app'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import type { Loop } from '@renmai/platform/work/loop'
import { runQueues } from '@renmai/platform/work/run-queues'
import { ReadBulkFileRequestSchema, ReadBulkFileResponseSchema } from '@renmai/proto/analytics/v1/analytics_service'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest'
import type { BulkOperation } from '../src/bulk-operations/bulk-operation.table.ts'
import { readBulkFile } from '../src/bulk-operations/read-bulk-file.ts'
import { runBulkQuery } from '../src/bulk-operations/run-bulk-query.ts'
import { runOperations } from '../src/bulk-operations/run-operations.ts'
import { signTicket } from '../src/bulk-operations/ticket.rules.ts'
import type { Context, Deps } from '../src/context.ts'
import { createLoaders } from '../src/loaders.ts'
import { analytics } from '../src/service.ts'

/** Number of pages of an answer. */
export const PAGES = 5
export const linesOf = (page: number) => `{"n":${page},"secret":"花名册"}\n{"n":${page + 0.5}}\n`
/** All pages of an answer. */
export const FILE = Array.from({ length: PAGES }, (_, page) => linesOf(page)).join('')
/** Error for a refused file. */
export const notFound = { code: 'NOT_FOUND', message: 'No such path' }

/**
 * Bulk operations with a gateway that answers in pages (`check`, `beforePage`, `asked`) and an identity that knows the holder of
 * a link (`held`), for the calling test file.
 */
export function bulkSeed() {
  const folder = makeFolder('bulk')
  let [nats, bus, test, worker]: [Nats, Bus, TestDatabase, Deps] = [] as never
  let stopAnswers: (() => Promise<void>)[] = []
  let running: Loop[] = []
  const state = {
    tenant: '',
    viewer: {} as Viewer,
    /** Answer of identity about the holder of a link. */
    held: { isActive: true, scopes: [] as string[] },
    /** Throws when the gateway refuses a query. */
    check: (): void => undefined,
    /** Called before each page is returned. */
    beforePage: (_after: string): void => undefined,
    /** Viewers in whose names the pages were read. */
    asked: [] as string[],
    get test() {
      return test
    },
    get worker() {
      return worker
    },
  }
  beforeAll(async () => {
    nats = await startNats({ folder: folder.path, logs: folder.path })
    const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
    bus = await connectBus(settings, 'test', createLog('test', 'silent'))
    const readPage = answer(GatewayService.method.readBulkPage, async ({ after, viewerId }) => {
      state.beforePage(after)
      state.asked.push(viewerId)
      const page = Number(after || 0)
      return { lines: linesOf(page), nodes: 2, next: page + 1 < PAGES ? String(page + 1) : '' }
    })
    stopAnswers = [
      answerAll(bus, 'identity', [answer(IdentityService.method.authorizeViewer, async () => state.held)]),
      answerAll(bus, 'gateway', [answer(GatewayService.method.checkBulkQuery, async () => (state.check(), {})), readPage]),
    ]
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
    state.tenant = newId()
    state.viewer = { ...testContext(test.db, state.tenant).viewer, kind: 'CLIENT' }
    state.held = { isActive: true, scopes: [...state.viewer.scopes] }
    ;[running, state.asked, state.check, state.beforePage] = [[], [], () => undefined, () => undefined]
  })
  afterEach(async () => {
    for (const one of running) await one.stop()
    await test.owner.query('TRUNCATE bulk_operations, bulk_parts')
  })
  afterAll(async () => {
    for (const stop of stopAnswers) await stop()
    await bus.nats.close()
    await nats.stop()
    await test.drop()
    folder.remove()
  })

  function contextOf(as = state.viewer): Context {
    const base = { ...testContext(test.db, as.tenantId), viewer: as }
    const keys = { cursors: new Cursors('c'.repeat(32)), ticketKey: worker.ticketKey, gatewayUrl: 'https://api.example.com' }
    return { ...base, ...keys, bus, handlers: [], load: createLoaders({ ...base, ...keys }) }
  }
  const run = (ctx = contextOf()) => runBulkQuery(ctx, { idempotencyKey: key(), query: '{ customers { nodes { id } } }' })
  const start = (change: { turnMs?: number } = {}) => {
    running.push(...runQueues({ ...worker, ...change }, [runOperations]))
  }
  /** Makes every operation that waits due, and wakes the workers. */
  const hurry = async () => {
    await test.owner.query("UPDATE bulk_operations SET next_at = now() WHERE attempt_id IS NULL AND status <> 'FAILED'")
    for (const one of running) one.wake()
  }
  const look = async (id: string) => (await contextOf().load.bulkOperation.load(id)) as BulkOperation
  const until = (status: string, id: string) => eventually(async () => expect((await look(id)).status).toBe(status))
  const ticketFor = (id: string, now = new Date()) => signTicket(worker.ticketKey, state.tenant, id, state.viewer.id, now)
  async function fetchPart(operationId: string, ticket: string, part = 0, tenantId = state.tenant) {
    const request = create(ReadBulkFileRequestSchema, { tenantId, operationId, ticket, part })
    return fromBinary(ReadBulkFileResponseSchema, await readBulkFile(worker).reply(toBinary(ReadBulkFileRequestSchema, request)))
  }
  async function fetchFile(id: string): Promise<string> {
    const parts = []
    const { parts: count } = await fetchPart(id, ticketFor(id))
    for (let part = 0; part < count; part++) parts.push((await fetchPart(id, ticketFor(id), part)).lines)
    return parts.join('')
  }
  return Object.assign(state, { contextOf, run, start, hurry, look, until, ticketFor, fetchPart, fetchFile })
}
