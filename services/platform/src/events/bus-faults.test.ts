import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { withTenant } from '../db/db.ts'
import { pause } from '../serve/clock.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { makeFolder } from '../testing/folder.ts'
import { type Nats, startNats } from '../testing/nats.ts'
import { answerAll } from './ask.ts'
import { type Bus, connectBus, declareStream } from './bus.ts'
import { consumeAll } from './consume.ts'
import { type Handler, on } from './inbox.ts'
import { publish } from './outbox.ts'
import { answerReconciler, reconcile } from './reconcile.ts'
import { relayOnce } from './relay.ts'

const SERVICE = 'identity'
const folder = makeFolder('bus-faults')
const log = createLog('test', 'silent')
let nats: Nats
let bus: Bus
let test: TestDatabase

beforeAll(async () => {
  nats = await startNats({ folder: folder.path, logs: folder.path })
  bus = await open(nats.url)
  await declareStream(bus, SERVICE)
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(async () => {
  await bus.nats.close()
  await nats.stop()
  await test.drop()
  folder.remove()
})

const open = (url: string) => connectBus({ NATS_URL: url, DURABILITY: 'relaxed-for-tests' }, 'test', log)
const say = (tenantId: string) => withTenant(test.db, tenantId, (tx) => publish(tx, TenantCreatedSchema, { zone: 'x', currency: 'CNY' }))
const effects = async () => (await test.owner.query('SELECT 1 FROM counters')).rowCount

function listener(name: string, before: () => Promise<void> = async () => undefined): Handler {
  return on(TenantCreatedSchema, name, async (tx, events) => {
    await before()
    for (const _event of events) await tx.client.query('INSERT INTO counters (tenant_id, id) VALUES ($1, $2)', [tx.tenantId, newId()])
  })
}

it('a consumer that hangs holds no more than its limit, and continues with all of it', async () => {
  const hangs = Promise.withResolvers<void>()
  for (let no = 0; no < 200; no++) await say(newId())
  // A message per tenant.
  await relayOnce(test.relayDb, bus, SERVICE)
  const [running] = consumeAll(bus, test.db, 'test', [listener('hangs', () => hangs.promise)])
  const info = () => bus.manager.consumers.info(SERVICE, 'test_hangs')
  await eventually(async () => expect((await info()).num_ack_pending).toBe(128))
  expect(await info()).toMatchObject({ num_ack_pending: 128, num_pending: 72 })
  hangs.resolve()
  await eventually(async () => expect(await effects()).toBe(200))
  await running!.stop()
})

it('events that a corrupted block lost are found by the reconciler and consumed', async () => {
  await test.owner.query('TRUNCATE outbox, inbox, counters')
  await bus.manager.streams.delete(SERVICE)
  await declareStream(bus, SERVICE)
  for (let no = 0; no < 50; no++) {
    await say(newId())
    await relayOnce(test.relayDb, bus, SERVICE)
  }
  nats.process.kill('SIGKILL')
  await new Promise((resolve) => nats.process.once('exit', resolve))
  flipBits(`${folder.path}/jetstream/jetstream/$G/streams/${SERVICE}/msgs`)
  nats = await startNats({ folder: folder.path, logs: folder.path, port: nats.port })
  await eventually(() => bus.manager.streams.info(SERVICE))
  const stop = answerAll(bus, 'test', [answerReconciler(test.relayDb, 'test')])
  const [running] = consumeAll(bus, test.db, 'test', [listener('corrupted')])
  await eventually(async () => expect(await running!.isIdle()).toBe(true))
  await eventually(async () => expect(await effects()).toBeGreaterThan(0))
  expect(await effects()).toBeLessThan(50)
  const since = new Date(Date.now() - 60_000)
  await eventually(async () => {
    await reconcile(test.relayDb, bus, SERVICE, since, new Date())
    expect(await effects()).toBe(50)
  })
  await Promise.all([running!.stop(), stop()])
})

/** Flips one bit in the second half of the newest block. */
function flipBits(messages: string): void {
  const [block] = readdirSync(messages)
    .filter((name) => name.endsWith('.blk'))
    .toSorted((a, b) => statSync(`${messages}/${b}`).mtimeMs - statSync(`${messages}/${a}`).mtimeMs)
  const bytes = readFileSync(`${messages}/${block}`)
  const at = Math.floor(bytes.length * 0.8)
  bytes[at] = bytes[at]! ^ 1
  writeFileSync(`${messages}/${block}`, bytes)
}

it('a connection to NATS over a silent network is closed, and opened again, within ten seconds', async () => {
  const network = await silentNetwork(nats.port)
  const far = await open(`nats://127.0.0.1:${network.port}`)
  const answers = () => Promise.race([far.nats.rtt(), pause(500).then(() => Promise.reject(new Error('silent')))])
  await answers()
  network.silence()
  await expect(answers()).rejects.toThrow('silent')
  await eventually(answers)
  await far.nats.close()
  network.close()
})

/** Connections that are open when it goes silent stay open and carry no data; new ones work. */
async function silentNetwork(to: number) {
  const open: [Socket, Socket][] = []
  const server = createServer((near) => {
    const far = connectTcp(to, '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far)
    far.pipe(near)
    open.push([near, far])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const each = (work: (near: Socket, far: Socket) => void) => {
    for (const [near, far] of open) work(near, far)
  }
  return {
    port: (server.address() as { port: number }).port,
    silence: () => each((near, far) => [near.unpipe(far).resume(), far.unpipe(near).resume()]),
    close: () => {
      each((near, far) => [near.destroy(), far.destroy()])
      server.close()
    },
  }
}
