import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { timestampNow } from '@bufbuild/protobuf/wkt'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { EnvelopeSchema } from '@renmai/proto/platform/v1/envelope'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { connect, withTenant } from '../db/db.ts'
import { AppError } from '../serve/errors.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { type Nats, startNats } from '../testing/nats.ts'
import { answerAll } from './ask.ts'
import { type Bus, connectBus, declareStream } from './bus.ts'
import { type Consumption, consumeAll } from './consume.ts'
import { headersOf, seal } from './envelope.ts'
import { NO_TENANT } from './handle-letters.ts'
import { type Handler, on } from './inbox.ts'
import { publish } from './outbox.ts'
import { answerReconciler, reconcile } from './reconcile.ts'
import { publishRows, relayOnce, startRelay } from './relay.ts'
import { answerPublished, remember } from './remember.ts'

// The stream of a service is named like it; this one plays identity, who owns TenantCreated.
const SERVICE = 'identity'
let folder: string
let nats: Nats
let bus: Bus
let test: TestDatabase
const tenant = newId()
const log = createLog('test', 'silent')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'renmai-nats-'))
  nats = await startNats({ folder, logs: folder })
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
  rmSync(folder, { recursive: true, force: true })
})

const say = (zone: string, tenantId = tenant) =>
  withTenant(test.db, tenantId, (tx) => publish(tx, TenantCreatedSchema, { zone, currency: 'CNY' }))
/** The messages in the stream, each as the zones of its events. */
async function messages(): Promise<string[][]> {
  const { state } = await bus.manager.streams.info(SERVICE)
  const sequences = Array.from({ length: state.messages }, (_, no) => state.first_seq + no)
  const stored = await Promise.all(sequences.map((seq) => bus.manager.streams.getMessage(SERVICE, { seq })))
  return stored.map((message) =>
    fromBinary(EnvelopeSchema, message!.data).events.map(({ payload }) => fromBinary(TenantCreatedSchema, payload).zone),
  )
}
const stored = async () => (await messages()).flat().length
const unpublished = async () => (await test.relayDb.pool.query('SELECT 1 FROM outbox WHERE published_at IS NULL')).rowCount

/** A handler that writes down what it hears, in its transaction. */
function listener(name: string, handle: (zones: string[]) => void = () => undefined): Handler {
  return on(TenantCreatedSchema, name, async (tx, events) => {
    handle(events.map((event) => event.zone))
    for (const _event of events)
      await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, 1)', [tx.tenantId, newId()])
  })
}

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

describe('the bus', () => {
  it('refuses a server that may lose what it acknowledged, unless the profile allows it by name', async () => {
    const lax = await startNats({ folder: join(folder, 'lax'), logs: folder, syncAlways: false })
    const connecting = { NATS_URL: lax.url, NATS_MONITOR_URL: lax.monitorUrl }
    await expect(connectBus({ ...connecting, DURABILITY: 'strict' }, 'test', log)).rejects.toThrow(/sync_interval: always/)
    const allowed = await connectBus({ ...connecting, DURABILITY: 'relaxed-for-tests' }, 'test', log)
    await allowed.nats.close()
    await lax.stop()
  })

  it('declares a stream that keeps what it has and refuses when full', async () => {
    const { config } = await bus.manager.streams.info(SERVICE)
    expect(config).toMatchObject({
      storage: 'file',
      discard: 'new',
      retention: 'limits',
      deny_delete: true,
      max_age: 7 * 86_400e9,
      duplicate_window: 120e9,
      allow_atomic: true,
    })
  })
})

describe('outbox and relay', () => {
  it('writes no event when its transaction fails', async () => {
    const failing = withTenant(test.db, tenant, async (tx) => {
      await publish(tx, TenantCreatedSchema, { zone: 'Asia/Shanghai', currency: 'CNY' })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await unpublished()).toBe(0)
  })

  it('publishes a batch in order, marks it and keeps the rows', async () => {
    for (let index = 0; index < 5; index++) await say(`zone-${index}`)
    expect(await relayOnce(test.relayDb, bus, SERVICE)).toBe(5)
    expect(await relayOnce(test.relayDb, bus, SERVICE)).toBe(0)
    expect(await messages()).toEqual([['zone-0', 'zone-1', 'zone-2', 'zone-3', 'zone-4']])
    expect((await test.relayDb.pool.query('SELECT 1 FROM outbox')).rowCount).toBe(5)
  })

  it('stores one message when it died between publishing and marking', async () => {
    await say('a')
    await say('b')
    await relayOnce(test.relayDb, bus, SERVICE)
    await test.owner.query('UPDATE outbox SET published_at = NULL')
    await relayOnce(test.relayDb, bus, SERVICE)
    expect(await unpublished()).toBe(0)
    expect(await messages()).toEqual([['a', 'b']])
  })

  it('falls back to single messages when a batch is refused', async () => {
    await say('a')
    await say('b', newId())
    const broken = {
      ...bus,
      js: { ...bus.js, publish: bus.js.publish.bind(bus.js), startBatch: () => Promise.reject(new Error('no batches here')) },
    } as unknown as Bus
    await relayOnce(test.relayDb, broken, SERVICE)
    expect(await stored()).toBe(2)
  })

  it('works on after its connection was lost more often than its pool has connections', async () => {
    const db = connect(test.urls.relay, { max: 2 })
    const relay = startRelay(db, bus, SERVICE)
    const holders = `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    for (let times = 0; times < 4; times++) await eventually(async () => expect((await test.owner.query(holders)).rowCount).toBe(1))
    await say('after')
    await eventually(async () => expect(await unpublished()).toBe(0))
    await relay.stop()
    await db.pool.end()
  })

  it('is woken by a commit, and only one of two relays works', async () => {
    const relays = [startRelay(test.relayDb, bus, SERVICE), startRelay(test.relayDb, bus, SERVICE)]
    for (let index = 0; index < 20; index++) await say(`zone-${index}`)
    await eventually(async () => expect(await stored()).toBe(20))
    await eventually(async () => expect(await unpublished()).toBe(0))
    await Promise.all(relays.map((relay) => relay.stop()))
    expect(await stored()).toBe(20)
  })
})

describe('inbox and consumers', () => {
  it('stops at once, even while it still starts', async () => {
    const consumptions = consumeAll(bus, test.db, 'stopping', [listener('early')])
    await Promise.all(consumptions.map((one) => one.stop()))
  })

  it('has one effect per event, however often it is delivered', async () => {
    await say('a')
    await consuming([listener('once')], async () => {
      await relayOnce(test.relayDb, bus, SERVICE)
      await eventually(async () => expect(await effects()).toBe(1))
      const { rows } = await test.relayDb.pool.query('SELECT * FROM outbox')
      // Past the server's own window for duplicates a copy is stored again; only the inbox knows it.
      await bus.manager.streams.purge(SERVICE)
      await bus.manager.streams.delete(SERVICE)
      await declareStream(bus, SERVICE)
      await publishRows(bus, SERVICE, rows)
    })
    await consuming([listener('once')], async () => {
      await eventually(async () => expect((await bus.manager.consumers.info(SERVICE, 'test_once')).num_pending).toBe(0))
      await eventually(async () => expect((await bus.manager.consumers.info(SERVICE, 'test_once')).num_ack_pending).toBe(0))
    })
    expect(await effects()).toBe(1)
  })

  it('leaves no mark when a handler fails, so that the next delivery works', async () => {
    let attempts = 0
    await say('a')
    await relayOnce(test.relayDb, bus, SERVICE)
    const failing = listener('fails-once', () => {
      if (++attempts === 1) throw new Error('not yet')
    })
    await consuming([failing], () => eventually(async () => expect(await effects()).toBe(1)))
    expect(attempts).toBe(2)
  })

  it('delivers a message again for the one event of it that failed, and the others have one effect', async () => {
    let failures = 0
    const failing = listener('fails-one', (zones) => {
      if (zones.includes('b') && ++failures < 5) throw new Error('not yet')
    })
    for (const zone of ['a', 'b', 'c']) await say(zone)
    await relayOnce(test.relayDb, bus, SERVICE)
    expect(await messages()).toEqual([['a', 'b', 'c']])
    await consuming([failing], () => eventually(async () => expect(await effects()).toBe(3)))
    expect(failures).toBe(5)
    expect((await test.owner.query('SELECT 1 FROM dead_letters')).rowCount).toBe(0)
  })

  it('keeps a poison event as a dead letter and goes on with the next', async () => {
    const poison = newId()
    await send(poison, tenant, Buffer.from([255, 255, 255]))
    await say('fine')
    await relayOnce(test.relayDb, bus, SERVICE)
    await consuming([listener('poisoned')], async () => {
      await eventually(async () => expect(await effects()).toBe(1))
      await eventually(async () => expect((await test.owner.query('SELECT * FROM dead_letters')).rowCount).toBe(1))
    })
    const { rows } = await test.owner.query('SELECT * FROM dead_letters')
    expect(rows[0]).toMatchObject({ consumer: 'test_poisoned', event_id: poison, tenant_id: NO_TENANT })
  })

  it('refuses an event whose payload names another tenant than its subject', async () => {
    const [victim, id] = [newId(), newId()]
    await say('theirs')
    const { rows } = await test.relayDb.pool.query('SELECT payload FROM outbox')
    await send(id, victim, rows[0].payload)
    await consuming([listener('cross-tenant')], () =>
      eventually(async () => expect((await test.owner.query('SELECT * FROM dead_letters')).rowCount).toBe(1)),
    )
    expect(await effects(victim)).toBe(0)
  })
})

async function send(id: string, tenantId: string, payload: Buffer) {
  const [message] = seal(SERVICE, [{ event_id: id, tenant_id: tenantId, type: TenantCreatedSchema.typeName, payload, trace: null }])
  await bus.js.publish(message!.subject, message!.payload, { headers: headersOf(message!) })
}

describe('a database that refuses', () => {
  it('the marks of what is published fails the relay, and not the process', async () => {
    await withTenant(test.db, tenant, (tx) =>
      publish(tx, TenantCreatedSchema, ...Array.from({ length: 2_001 }, () => ({ zone: 'x', currency: 'CNY' }))),
    )
    const relay = new URL(test.urls.relay).username
    await test.owner.query(`REVOKE UPDATE (published_at) ON outbox FROM "${relay}"`)
    await expect(relayOnce(test.relayDb, bus, SERVICE)).rejects.toThrow(/permission denied/)
    await test.owner.query(`GRANT UPDATE (published_at) ON outbox TO "${relay}"`)
    // A mark that was still on its way may have held after all.
    await eventually(async () => {
      await relayOnce(test.relayDb, bus, SERVICE)
      expect(await unpublished()).toBe(0)
    })
    expect(await stored()).toBe(2_001)
  })

  it('so many events at once gets them in smaller parts', async () => {
    const slow = on(TenantCreatedSchema, 'slow', async (tx, events) => {
      if (events.length > 2) throw new AppError('TIMEOUT', 'too much')
      for (const _event of events)
        await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, 1)', [tx.tenantId, newId()])
    })
    await consuming([slow], async () => {
      await withTenant(test.db, tenant, (tx) =>
        publish(tx, TenantCreatedSchema, ...Array.from({ length: 20 }, () => ({ zone: 'x', currency: 'CNY' }))),
      )
      await relayOnce(test.relayDb, bus, SERVICE)
      await eventually(async () => expect(await effects()).toBe(20))
      // Nobody had to wait for a delivery after the one that failed.
      expect((await bus.manager.consumers.info(SERVICE, 'test_slow')).delivered.consumer_seq).toBe(1)
    })
  })
})

describe('a stream that is deleted while everything runs', () => {
  it('is made again by its owner, and its consumers hear on', async () => {
    const relay = startRelay(test.relayDb, bus, SERVICE)
    await consuming([listener('hears-on')], async () => {
      await say('before')
      await eventually(async () => expect(await effects()).toBe(1))
      await bus.manager.streams.delete(SERVICE)
      await say('after')
      await eventually(async () => expect(await effects()).toBe(2))
    })
    await relay.stop()
  })
})

describe('the reconciler', () => {
  it('publishes again what a consumer lacks, after its stream was deleted', async () => {
    const handler = listener('reconciled')
    await consuming([handler], async () => {
      await say('heard')
      await relayOnce(test.relayDb, bus, SERVICE)
      await eventually(async () => expect(await effects()).toBe(1))
    })
    await say('lost')
    await relayOnce(test.relayDb, bus, SERVICE)
    await bus.manager.streams.delete(SERVICE)
    await declareStream(bus, SERVICE)
    const stop = answerAll(bus, 'test', [answerReconciler(test.relayDb, 'test')])
    await consuming([handler], async () => {
      await eventually(() => bus.manager.consumers.info(SERVICE, 'test_reconciled'))
      expect(await reconcile(test.relayDb, bus, SERVICE, new Date(Date.now() - 60_000), new Date())).toEqual({ published: 1, busy: 0 })
      await eventually(async () => expect(await effects()).toBe(2))
      expect(await reconcile(test.relayDb, bus, SERVICE, new Date(Date.now() - 60_000), new Date())).toEqual({ published: 0, busy: 0 })
    })
    await stop()
  })
})

describe('a day of the inbox that is lost', () => {
  const since = () => new Date(Date.now() - 60_000)
  const loseMarks = () => test.owner.query('DELETE FROM inbox')

  it('is heard again at once by the reconciler, although the server still knows the ids', async () => {
    const stop = answerAll(bus, 'test', [answerReconciler(test.relayDb, 'test')])
    await consuming([listener('lost-marks')], async () => {
      await say('twice')
      await relayOnce(test.relayDb, bus, SERVICE)
      await eventually(async () => expect(await effects()).toBe(1))
      await loseMarks()
      await eventually(async () =>
        expect(await reconcile(test.relayDb, bus, SERVICE, since(), new Date())).toEqual({ published: 1, busy: 0 }),
      )
      await eventually(async () => expect(await effects()).toBe(2))
    })
    await stop()
  })

  it('is put back by remembering: the effects are there, and nothing has them twice', async () => {
    const handler = listener('remembers')
    const stop = answerAll(bus, SERVICE, [answerPublished(test.relayDb, SERVICE)])
    const stopReader = answerAll(bus, 'test', [answerReconciler(test.relayDb, 'test')])
    await consuming([handler], async () => {
      for (const zone of ['a', 'b', 'c']) await say(zone)
      await relayOnce(test.relayDb, bus, SERVICE)
      await eventually(async () => expect(await effects()).toBe(3))
    })
    await loseMarks()
    expect(await remember(test.db, bus, 'test', [handler], since())).toBe(3)
    expect(await remember(test.db, bus, 'test', [handler], since())).toBe(0)
    await consuming([handler], async () => {
      expect(await reconcile(test.relayDb, bus, SERVICE, since(), new Date())).toEqual({ published: 0, busy: 0 })
      expect(await effects()).toBe(3)
    })
    await say('not handled yet')
    await relayOnce(test.relayDb, bus, SERVICE)
    // The server counts what is before a consumer a moment after it has taken an event.
    await eventually(async () => {
      const { num_pending: pending, num_ack_pending: open } = await bus.manager.consumers.info(SERVICE, 'test_remembers')
      expect(pending + open).toBe(1)
    })
    await expect(remember(test.db, bus, 'test', [handler], since())).rejects.toThrow(/events before it/)
    await Promise.all([stop(), stopReader()])
  })
})

describe('shared contracts', () => {
  it('travel on the stream of whoever publishes them', async () => {
    await withTenant(test.db, tenant, (tx) =>
      publish(tx, ActionRecordedSchema, { action: 'test', actorKind: 'SERVICE', actorId: 'x', targetId: 'y', at: timestampNow() }),
    )
    await relayOnce(test.relayDb, bus, SERVICE)
    expect(await stored()).toBe(1)
  })
})
