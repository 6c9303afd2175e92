import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { busSeed, SERVICE, tenant } from '../../test/bus-seed.ts'
import { connect, withTenant } from '../db/db.ts'
import { AppError } from '../serve/errors.ts'
import { newId } from '../serve/ids.ts'
import { eventually } from '../testing/eventually.ts'
import { type Bus } from './bus.ts'
import { on } from './inbox.ts'
import { publish } from './outbox.ts'
import { readWaiting, relayOnce, startRelay } from './relay.ts'

const seed = busSeed()

describe('outbox and relay', () => {
  it('writes no event when its transaction fails', async () => {
    const failing = withTenant(seed.test.db, tenant, async (tx) => {
      await publish(tx, TenantCreatedSchema, { zone: 'Asia/Shanghai', currency: 'CNY' })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await seed.unpublished()).toBe(0)
  })

  it('publishes a batch in order, marks it and keeps the rows', async () => {
    for (let index = 0; index < 5; index++) await seed.append(`zone-${index}`)
    expect(await relayOnce(seed.test.relayDb, seed.bus, SERVICE)).toBe(5)
    expect(await relayOnce(seed.test.relayDb, seed.bus, SERVICE)).toBe(0)
    expect(await seed.messages()).toEqual([['zone-0', 'zone-1', 'zone-2', 'zone-3', 'zone-4']])
    expect((await seed.test.relayDb.pool.query('SELECT 1 FROM outbox')).rowCount).toBe(5)
  })

  it('reads in the order of the index, and leaves the settings of its connection as they were', async () => {
    const db = connect(seed.test.urls.relay, { max: 1 })
    for (const zone of ['a', 'b']) await seed.append(zone)
    const rows = await readWaiting(db)
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toSorted((a, b) => a - b))
    expect(rows).toHaveLength(2)
    const settings = await db.pool.query("SELECT 1 FROM pg_settings WHERE name LIKE 'enable\\_%' AND setting <> reset_val")
    expect(settings.rowCount).toBe(0)
    await db.pool.end()
  })

  it('stores one message when it died between publishing and marking', async () => {
    await seed.append('a')
    await seed.append('b')
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    await seed.test.owner.query('UPDATE outbox SET published_at = NULL')
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    expect(await seed.unpublished()).toBe(0)
    expect(await seed.messages()).toEqual([['a', 'b']])
  })

  it('falls back to single messages when a batch is refused', async () => {
    await seed.append('a')
    await seed.append('b', newId())
    const broken = {
      ...seed.bus,
      js: {
        ...seed.bus.js,
        publish: seed.bus.js.publish.bind(seed.bus.js),
        startBatch: () => Promise.reject(new Error('no batches here')),
      },
    } as unknown as Bus
    await relayOnce(seed.test.relayDb, broken, SERVICE)
    expect(await seed.stored()).toBe(2)
  })

  it('continues after its connection was lost more often than its pool has connections', async () => {
    const db = connect(seed.test.urls.relay, { max: 2 })
    const relay = startRelay(db, seed.bus, SERVICE)
    const holders = `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    for (let times = 0; times < 4; times++) await eventually(async () => expect((await seed.test.owner.query(holders)).rowCount).toBe(1))
    await seed.append('after')
    await eventually(async () => expect(await seed.unpublished()).toBe(0))
    await relay.stop()
    await db.pool.end()
  })

  it('is woken by a commit, and only one of two relays works', async () => {
    const relays = [startRelay(seed.test.relayDb, seed.bus, SERVICE), startRelay(seed.test.relayDb, seed.bus, SERVICE)]
    for (let index = 0; index < 20; index++) await seed.append(`zone-${index}`)
    await eventually(async () => expect(await seed.stored()).toBe(20))
    await eventually(async () => expect(await seed.unpublished()).toBe(0))
    await Promise.all(relays.map((relay) => relay.stop()))
    expect(await seed.stored()).toBe(20)
  })
})

describe('a database that refuses', () => {
  it('the marks of published events fails the relay, and not the process', async () => {
    await withTenant(seed.test.db, tenant, (tx) =>
      publish(tx, TenantCreatedSchema, ...Array.from({ length: 2_001 }, () => ({ zone: 'x', currency: 'CNY' }))),
    )
    const relay = new URL(seed.test.urls.relay).username
    await seed.test.owner.query(`REVOKE UPDATE (published_at) ON outbox FROM "${relay}"`)
    await expect(relayOnce(seed.test.relayDb, seed.bus, SERVICE)).rejects.toThrow(/permission denied/)
    await seed.test.owner.query(`GRANT UPDATE (published_at) ON outbox TO "${relay}"`)
    // A mark that was still in flight may have succeeded.
    await eventually(async () => {
      await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
      expect(await seed.unpublished()).toBe(0)
    })
    expect(await seed.stored()).toBe(2_001)
  })

  it('too many events in one message gets them in smaller parts', async () => {
    const slow = on(TenantCreatedSchema, 'slow', async (tx, events) => {
      if (events.length > 2) throw new AppError('TIMEOUT', 'too much')
      for (const _event of events)
        await tx.client.query('INSERT INTO counters (tenant_id, id, value) VALUES ($1, $2, 1)', [tx.tenantId, newId()])
    })
    await seed.consuming([slow], async () => {
      await withTenant(seed.test.db, tenant, (tx) =>
        publish(tx, TenantCreatedSchema, ...Array.from({ length: 20 }, () => ({ zone: 'x', currency: 'CNY' }))),
      )
      await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
      await eventually(async () => expect(await seed.effects()).toBe(20))
      // No event had to wait for a delivery after the one that failed.
      expect((await seed.bus.manager.consumers.info(SERVICE, 'test_slow')).delivered.consumer_seq).toBe(1)
    })
  })
})
