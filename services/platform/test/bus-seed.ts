import { fromBinary } from '@bufbuild/protobuf'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { withTenant } from '../src/db/db.ts'
import { type Bus, connectBus, declareStream } from '../src/events/bus.ts'
import { type Consumption, consumeAll } from '../src/events/consume.ts'
import { type Handler, on } from '../src/events/inbox.ts'
import { publish } from '../src/events/outbox.ts'
import { newId } from '../src/serve/ids.ts'
import { createLog } from '../src/serve/log.ts'
import { type TestDatabase, testDatabase } from '../src/testing/database.ts'
import { makeFolder } from '../src/testing/folder.ts'
import { type Nats, startNats } from '../src/testing/nats.ts'
import { counters } from './fixture.ts'

/** The stream of a service is named like it; this one plays identity, which owns TenantCreated. */
export const SERVICE = 'identity'
export const tenant = newId()
export const log = createLog('test', 'silent')

/** A database and a NATS with an empty stream before each test, for the file that calls it, and what tests do with them. */
export function busSeed() {
  const folder = makeFolder('bus')
  let [nats, bus, test]: [Nats, Bus, TestDatabase] = [] as never
  const state = {
    /** For further servers. */
    folder: folder.path,
    get nats() {
      return nats
    },
    get bus() {
      return bus
    },
    get test() {
      return test
    },
  }
  beforeAll(async () => {
    nats = await startNats({ folder: folder.path, logs: folder.path })
    bus = await connectBus({ NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' }, 'test', log)
    test = await testDatabase(inject('postgresUrl'), counters)
  })
  beforeEach(async () => {
    await bus.manager.streams.delete(SERVICE).catch(() => undefined)
    await test.owner.query('TRUNCATE outbox, inbox, dead_letters, counters')
    await declareStream(bus, SERVICE)
  })
  afterAll(async () => {
    await bus.nats.close()
    await nats.stop()
    await test.drop()
    folder.remove()
  })

  /** Puts an event into the outbox; its zone identifies the event in a test. */
  const append = (zone: string, tenantId = tenant) =>
    withTenant(test.db, tenantId, (tx) => publish(tx, TenantCreatedSchema, { zone, currency: 'CNY' }))
  /** The messages in the stream, each as the zones of its events. */
  async function messages(): Promise<string[][]> {
    const { state: stream } = await bus.manager.streams.info(SERVICE)
    const sequences = Array.from({ length: stream.messages }, (_, no) => stream.first_seq + no)
    const found = await Promise.all(sequences.map((seq) => bus.manager.streams.getMessage(SERVICE, { seq })))
    return found.map((message) =>
      fromBinary(EnvelopeSchema, message!.data).events.map(({ payload }) => fromBinary(TenantCreatedSchema, payload).zone),
    )
  }
  const stored = async () => (await messages()).flat().length
  const unpublished = async () => (await test.relayDb.pool.query('SELECT 1 FROM outbox WHERE published_at IS NULL')).rowCount

  /** A handler that writes down what it handles, in its transaction. */
  function listener(name: string, handle: (zones: string[]) => void = () => undefined): Handler {
    return on(TenantCreatedSchema, name, async (tx, events) => {
      handle(events.map((event) => event.zone))
      for (const _event of events)
        await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, 1)', [tx.tenantId, newId()])
    })
  }
  /** How many effects of listeners were committed. */
  const effects = async (tenantId = tenant) =>
    withTenant(test.db, tenantId, async (tx) => (await tx.client.query('SELECT 1 FROM counters')).rowCount)
  async function consuming<T>(handlers: Handler[], work: () => Promise<T>): Promise<T> {
    const running: Consumption[] = consumeAll(bus, test.db, 'test', handlers)
    try {
      return await work()
    } finally {
      await Promise.all(running.map((one) => one.stop()))
    }
  }
  return Object.assign(state, { append, messages, stored, unpublished, listener, effects, consuming })
}
