import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { answer, answerAll } from '@renmai/platform/events/ask'
import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { Admission } from '@renmai/platform/overload/admission'
import type { Http } from '@renmai/platform/serve/http'
import { idFrom, newId } from '@renmai/platform/serve/ids'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { dumpTables, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { eventually } from '@renmai/platform/testing/eventually'
import { makeFolder } from '@renmai/platform/testing/folder'
import { type Nats, startNats } from '@renmai/platform/testing/nats'
import { key, testContext } from '@renmai/platform/testing/viewers'
import { runQueues } from '@renmai/platform/work/run-queues'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { testDeps } from '../../test/deps.ts'
import { connectAccount } from '../channels/connect-account.ts'
import type { Context, Deps } from '../context.ts'
import { createIntake } from '../intake/intake.ts'
import { createLoaders } from '../loaders.ts'
import { engagement } from '../service.ts'
import { forgetRejected } from './forget-rejected.ts'
import { startOrderImport } from './start-order-import.ts'
import { signTicket } from './ticket.ts'

const TICKET_KEY = 't'.repeat(32)
const COLUMNS = ['no', 'sku', 'title', 'q', 'p', 'at', 'c', 'name', 'phone']
const SECRETS = ['王私密', '13900009999', 'private.person@mail.example']
const folder = makeFolder('order-files')
const elsewhere = new Admission({ readPressure: () => 0 })
const tenant = newId()
const names: string[] = []
let logged = ''
let nats: Nats
let bus: Bus
let test: TestDatabase
let worker: Deps
let http: Http
let patient: Http
let account: string
let stopIdentity: () => Promise<unknown>
const holder = { kind: 'CLIENT', id: newId() } as const
/** Identity's answer about the holder of a ticket. */
let held = { isActive: true, scopes: ['orders:write'] }

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  const log = createLog('test', 'debug', { write: (line: string) => void (logged += line) })
  bus = await connectBus({ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' }, 'test', log)
  test = await testDatabase(inject('postgresUrl'), engagement)
  worker = testDeps(test, bus, { TICKET_KEY })
  stopIdentity = answerAll(bus, 'identity', [
    answer(IdentityService.method.authorizeViewer, async () => held),
    answer(IdentityService.method.resolveProfiles, async ({ claims }) => ({
      profiles: claims.map(({ claimId, source, externalId }) => {
        names.push(externalId)
        return { claimId, profileId: idFrom(source, externalId), customerId: idFrom('c', source, externalId) }
      }),
    })),
  ])
  account = (await connectAccount(contextOf(), 'EVENT_API', { idempotencyKey: key(), name: 'shop', channel: 'WEB' })).id
  http = createIntake(worker, { silentMs: 300 })
  patient = createIntake({ ...worker, admission: elsewhere })
  for (const one of [http, patient]) await one.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await Promise.all([http.close(), patient.close()])
  worker.admission.stop()
  elsewhere.stop()
  await stopIdentity()
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  folder.remove()
})

const contextOf = (): Context => {
  const base = { ...testContext(test.db, tenant), cursors: new Cursors('c'.repeat(32)) }
  return { ...worker, ...base, load: createLoaders(base) }
}

const fileOf = (...rows: string[]) => [COLUMNS.join(','), ...rows].join('\n')
const row = (no: string, change: Partial<Record<string, string>> = {}) => {
  const good: Record<string, string> = { no, sku: 's', title: 't', q: '1', p: '1.00', at: '2026-01-01 10:00', c: '7', name: 'n', phone: '' }
  return COLUMNS.map((column) => change[column] ?? good[column]!).join(',')
}

async function start(file: string): Promise<string> {
  const [orderNo, sku, title, quantity, unitPrice, occurredAt, customerId, name, phone] = COLUMNS as [string, ...string[]]
  const { id } = await startOrderImport(contextOf(), {
    idempotencyKey: key(),
    accountId: account,
    fileName: 'f.csv',
    sha256: createHash('sha256').update(file).digest('hex'),
    mapping: {
      orderNo,
      sku: sku!,
      title: title!,
      quantity: quantity!,
      unitPrice: unitPrice!,
      occurredAt: occurredAt!,
      customerId: customerId!,
      name,
      phone,
    },
    currency: 'GBP',
    zone: 'Europe/London',
  })
  return `/v1/imports/${tenant}/${id}`
}
const ticketOf = (path: string) =>
  `ticket=${signTicket(TICKET_KEY, { tenantId: tenant, importId: path.split('/')[4]! }, holder, new Date())}`
const put = (path: string, payload: string) =>
  http.inject({ method: 'PUT', url: `${path}?${ticketOf(path)}`, headers: { 'content-type': 'text/csv' }, payload })

/** An upload that sends this much and stays open. */
function begin(path: string, text: string, to = http): ClientRequest {
  const { port } = to.server.address() as { port: number }
  const upload = httpRequest({ port, method: 'PUT', path: `${path}?${ticketOf(path)}`, headers: { 'content-type': 'text/csv' } })
  upload.on('error', () => undefined)
  upload.write(text)
  return upload
}
const isHeld = async (path: string) => {
  const { rows } = await test.owner.query('SELECT 1 FROM order_imports WHERE id = $1 AND receiving_until > now()', [path.split('/')[4]])
  return rows.length === 1
}

it('rejected rows are readable in the error file alone, until they are forgotten', async () => {
  const [name, phone, mail] = SECRETS as [string, string, string]
  const file = fileOf(row('1'), row('2', { q: 'x', name, phone, c: mail }))
  const path = await start(file)
  expect((await put(path, file)).statusCode).toBe(200)
  const dump = JSON.stringify(await dumpTables(test))
  for (const secret of SECRETS) {
    expect(dump).not.toContain(secret)
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'))
  }
  const errors = () => http.inject({ method: 'GET', url: `${path}/errors.csv?${ticketOf(path)}` })
  expect((await errors()).body).toContain(SECRETS[0])
  await test.owner.query("UPDATE import_errors SET created_at = now() - interval '15 days'")
  const loops = runQueues(worker, [forgetRejected])
  await eventually(async () => expect((await errors()).body).toBe('row,reason,fields\n2,QUANTITY_NOT_AN_INTEGER,forgotten after 14 days\n'))
  for (const loop of loops) await loop.stop()
})

it('a ticket ends when its holder loses the scope', async () => {
  const file = fileOf(row('t1'))
  const path = await start(file)
  for (const now of [
    { isActive: false, scopes: [] },
    { isActive: true, scopes: ['orders:read'] },
  ]) {
    held = now
    expect((await put(path, file)).statusCode).toBe(404)
    expect((await http.inject({ method: 'GET', url: `${path}/errors.csv?${ticketOf(path)}` })).statusCode).toBe(404)
  }
  held = { isActive: true, scopes: ['orders:write'] }
  expect((await put(path, file)).statusCode).toBe(200)
})

it('identity gets the customer id of a file only as a hash', async () => {
  const file = fileOf(row('a1', { c: SECRETS[2] }))
  expect((await put(await start(file), file)).statusCode).toBe(200)
  expect(names.at(-1)).toMatch(/^[\w-]{43}$/)
  expect(names.join()).not.toContain('@')
})

it('a row that is no CSV is rejected alone; neither the answer nor the log quotes it', async () => {
  const open = '"张机密先生'
  const file = fileOf(row('m1'), row('m2', { name: '5" 张机密先生"x' }), row('m3', { name: open }), row('m4'))
  const path = await start(file)
  const { statusCode, body } = await put(path, file)
  expect(statusCode).toBe(200)
  expect(JSON.parse(body)).toMatchObject({ state: 'COMPLETED', rowsDone: 4, orders: 3 })
  const { rows } = await test.owner.query('SELECT row, reason FROM import_errors WHERE import_id = $1', [path.split('/')[4]])
  expect(rows).toEqual([{ row: 3, reason: 'QUOTE_NOT_CLOSED' }])
  expect(body + logged).not.toContain('张机密先生')
})

it('a row that cannot be stored is rejected with its reason, and the others are stored', async () => {
  const bad: [Partial<Record<string, string>>, string][] = [
    [{ title: 'a\u0000b' }, 'TEXT_NOT_STORABLE'],
    [{ no: 'b\u0000' }, 'TEXT_NOT_STORABLE'],
    [{ q: '999999999', p: '999999999999' }, 'AMOUNT_TOO_LARGE'],
    [{ sku: 's'.repeat(300) }, 'TEXT_TOO_LONG'],
    [{ at: '0000-01-01 10:00' }, 'TOO_OLD'],
    [{ at: '0001-01-01 10:00' }, 'TOO_OLD'],
    [{ at: '9999-01-01 10:00' }, 'IN_THE_FUTURE'],
  ]
  const file = fileOf(row('r0'), ...bad.map(([change], index) => row(`r${index + 1}`, change)), row('r9'))
  const path = await start(file)
  expect((await put(path, file)).json()).toMatchObject({ state: 'COMPLETED', orders: 2 })
  const { rows } = await test.owner.query('SELECT reason FROM import_errors WHERE import_id = $1 ORDER BY row', [path.split('/')[4]])
  expect(rows.map(({ reason }) => reason)).toEqual(bad.map(([, reason]) => reason))
})

it('an upload ends when its sender is silent, and the import can be sent again', async () => {
  const file = fileOf(row('s1'), row('s2'))
  const path = await start(file)
  const [response] = (await once(begin(path, file.slice(0, 90)), 'response')) as [IncomingMessage]
  response.resume()
  expect(response.statusCode).toBe(504)
  await eventually(async () => expect(await isHeld(path)).toBe(false))
  expect((await put(path, file)).json()).toMatchObject({ state: 'COMPLETED', orders: 2 })
})

it('of two uploads of one import the second is refused, also by another replica; a lease ends by itself', async () => {
  const file = fileOf(row('l1'))
  const path = await start(file)
  const first = begin(path, file.slice(0, 50), patient)
  await eventually(async () => expect(await isHeld(path)).toBe(true))
  expect((await put(path, file)).statusCode).toBe(409)
  // As if its process had died: the lease is not renewed.
  await test.owner.query("UPDATE order_imports SET receiving_until = now() - interval '1 second'")
  expect((await put(path, file)).statusCode).toBe(200)
  first.destroy()
})

it('a repeated query parameter is refused', async () => {
  const path = await start(fileOf(row('q1')))
  const { statusCode } = await http.inject({ method: 'GET', url: `${path}/errors.csv?ticket=a&ticket=b` })
  expect(statusCode).toBe(400)
})
