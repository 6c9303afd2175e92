import { join } from 'node:path'
import { timestampNow } from '@bufbuild/protobuf/wkt'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { describe, expect, it } from 'vitest'
import { busSeed, log, SERVICE, tenant } from '../../test/bus-seed.ts'
import { withTenant } from '../db/db.ts'
import { startNats } from '../testing/nats.ts'
import { connectBus } from './bus.ts'
import { publish } from './outbox.ts'
import { relayOnce } from './relay.ts'

const seed = busSeed()

describe('the bus', () => {
  it('refuses a server that may lose what it acknowledged, unless the profile allows it by name', async () => {
    const lax = await startNats({ folder: join(seed.folder, 'lax'), logs: seed.folder, syncAlways: false })
    const connecting = { NATS_URL: lax.url, NATS_MONITOR_URL: lax.monitorUrl }
    await expect(connectBus({ ...connecting, DURABILITY: 'strict' }, 'test', log)).rejects.toThrow(/sync_interval: always/)
    const allowed = await connectBus({ ...connecting, DURABILITY: 'relaxed-for-tests' }, 'test', log)
    await allowed.nats.close()
    await lax.stop()
  })

  it('declares a stream that keeps what it has and refuses when full', async () => {
    const { config } = await seed.bus.manager.streams.info(SERVICE)
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

describe('shared contracts', () => {
  it('travel on the stream of the service that publishes them', async () => {
    await withTenant(seed.test.db, tenant, (tx) =>
      publish(tx, ActionRecordedSchema, { action: 'test', actorKind: 'SERVICE', actorId: 'x', targetId: 'y', at: timestampNow() }),
    )
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    expect(await seed.stored()).toBe(1)
  })
})
