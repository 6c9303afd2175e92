import { create, toBinary } from '@bufbuild/protobuf'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { busSeed, SERVICE, tenant } from '../../test/bus-seed.ts'
import { newId } from '../serve/ids.ts'
import { eventually } from '../testing/eventually.ts'
import { declareStream } from './bus.ts'
import { consumeAll } from './consume.ts'
import { headersOf, seal } from './envelope.ts'
import { NO_TENANT } from './handle-letters.ts'
import { type Delivery, handleOnce } from './inbox.ts'
import { publishRows, relayOnce } from './relay.ts'

const seed = busSeed()

describe('inbox and consumers', () => {
  it('stops immediately, even while it still starts', async () => {
    const consumptions = consumeAll(seed.bus, seed.test.db, 'stopping', [seed.listener('early')])
    await Promise.all(consumptions.map((one) => one.stop()))
  })

  it('has one effect per event, however often it is delivered', async () => {
    await seed.append('a')
    await seed.consuming([seed.listener('once')], async () => {
      await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
      await eventually(async () => expect(await seed.effects()).toBe(1))
      const { rows } = await seed.test.relayDb.pool.query('SELECT * FROM outbox')
      // Past the server's own window for duplicates a copy is stored again; only the inbox knows it.
      await seed.bus.manager.streams.purge(SERVICE)
      await seed.bus.manager.streams.delete(SERVICE)
      await declareStream(seed.bus, SERVICE)
      await publishRows(seed.bus, SERVICE, rows)
    })
    await seed.consuming([seed.listener('once')], async () => {
      await eventually(async () => expect((await seed.bus.manager.consumers.info(SERVICE, 'test_once')).num_pending).toBe(0))
      await eventually(async () => expect((await seed.bus.manager.consumers.info(SERVICE, 'test_once')).num_ack_pending).toBe(0))
    })
    expect(await seed.effects()).toBe(1)
  })

  it('handles of a batch only what is new, also for two replicas at the same time, and whether or not it was delivered before', async () => {
    const delivered = (count: number) => Array.from({ length: count }, () => delivery(newId()))
    const handle = (events: Delivery[], isRepeated?: boolean) =>
      handleOnce(seed.test.db, 'test_mixed', seed.listener('mixed'), events, isRepeated)
    const [known, fresh, last] = [delivered(3), delivered(3), delivered(3)]
    expect(await handle(known)).toBe(3)
    expect(await handle([...known, ...fresh, ...fresh])).toBe(3)
    const both = await Promise.all([handle([...fresh, ...last]), handle([...fresh, ...last].reverse(), true)])
    expect(both.toSorted((a, b) => a - b)).toEqual([0, 3])
    expect(await seed.effects()).toBe(9)
  })

  it('leaves no mark when a handler fails, so that the next delivery works', async () => {
    let attempts = 0
    await seed.append('a')
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    const failing = seed.listener('fails-once', () => {
      if (++attempts === 1) throw new Error('not yet')
    })
    await seed.consuming([failing], () => eventually(async () => expect(await seed.effects()).toBe(1)))
    expect(attempts).toBe(2)
  })

  it('delivers a message again for the one event of it that failed, and the others have one effect', async () => {
    let failures = 0
    const failing = seed.listener('fails-one', (zones) => {
      if (zones.includes('b') && ++failures < 5) throw new Error('not yet')
    })
    for (const zone of ['a', 'b', 'c']) await seed.append(zone)
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    expect(await seed.messages()).toEqual([['a', 'b', 'c']])
    await seed.consuming([failing], () => eventually(async () => expect(await seed.effects()).toBe(3)))
    expect(failures).toBe(5)
    expect((await seed.test.owner.query('SELECT 1 FROM dead_letters')).rowCount).toBe(0)
  })

  it('keeps a poison event as a dead letter and goes on with the next', async () => {
    const poison = newId()
    await send(poison, tenant, Buffer.from([255, 255, 255]))
    await seed.append('fine')
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    await seed.consuming([seed.listener('poisoned')], async () => {
      await eventually(async () => expect(await seed.effects()).toBe(1))
      await eventually(async () => expect((await seed.test.owner.query('SELECT * FROM dead_letters')).rowCount).toBe(1))
    })
    const { rows } = await seed.test.owner.query('SELECT * FROM dead_letters')
    expect(rows[0]).toMatchObject({ consumer: 'test_poisoned', event_id: poison, tenant_id: NO_TENANT })
  })

  it('refuses an event whose payload names another tenant than its subject', async () => {
    const [victim, id] = [newId(), newId()]
    await seed.append('theirs')
    const { rows } = await seed.test.relayDb.pool.query('SELECT payload FROM outbox')
    await send(id, victim, rows[0].payload)
    await seed.consuming([seed.listener('cross-tenant')], () =>
      eventually(async () => expect((await seed.test.owner.query('SELECT * FROM dead_letters')).rowCount).toBe(1)),
    )
    expect(await seed.effects(victim)).toBe(0)
  })
})

function delivery(eventId: string): Delivery {
  const payload = toBinary(TenantCreatedSchema, create(TenantCreatedSchema, { tenantId: tenant, zone: 'Asia/Shanghai', currency: 'CNY' }))
  return { eventId, tenantId: tenant, payload }
}

async function send(id: string, tenantId: string, payload: Buffer) {
  const [message] = seal(SERVICE, [{ event_id: id, tenant_id: tenantId, type: TenantCreatedSchema.typeName, payload, trace: null }])
  await seed.bus.js.publish(message!.subject, message!.payload, { headers: headersOf(message!) })
}
