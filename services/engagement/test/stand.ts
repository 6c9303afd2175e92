import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { Admission } from '@renmai/platform/overload/admission'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { createEgress, parseExceptions } from '@renmai/platform/secrets/egress'
import { createLog } from '@renmai/platform/serve/log'
import { Cursors } from '@renmai/platform/serve/page'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { testContext } from '@renmai/platform/testing/viewers'
import { inject } from 'vitest'
import type { Context, Worker } from '../src/context.ts'
import { createIntake } from '../src/intake/intake.ts'
import { createLoaders } from '../src/loaders.ts'
import { engagement } from '../src/service.ts'

/** Engagement's parts as its process has them, with a database and a NATS of their own. */
export type Stand = {
  bus: Bus
  test: TestDatabase
  worker: Worker
  intake: ReturnType<typeof createIntake>
  /** @param change what of the context is to be otherwise */
  contextOf: (tenantId: string, change?: Partial<Context>) => Context
  stop: () => Promise<void>
}

/** @param change what of the worker is to be otherwise */
export async function startStand(change: Partial<Worker> = {}): Promise<Stand> {
  const folder = makeFolder('stand')
  const nats = await startNats({ folder: folder.path, logs: folder.path })
  const settings = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
  const bus = await connectBus(settings, 'test', createLog('test', 'silent'))
  const test = await testDatabase(inject('postgresUrl'), engagement)
  const loopback = parseExceptions('127.0.0.1:1024-65535/smtp', ['smtp'])
  const worker: Worker = {
    db: test.db,
    relayDb: test.relayDb,
    bus,
    now: () => new Date(),
    keyRing: parseKeyRing(JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 1).toString('base64') } })),
    platformUrls: { WECOM: 'http://127.0.0.1:1' },
    intakeUrl: 'https://intake.example',
    ticketKey: 't'.repeat(32),
    egress: createEgress(loopback, 'smtp', []),
    webEgress: createEgress([], 'webhook', []),
    ...change,
  }
  const admission = new Admission({ readPressure: () => 0 })
  const intake = createIntake(worker, admission)
  const contextOf = (tenantId: string, change: Partial<Context> = {}): Context => {
    const base = { ...testContext(test.db, tenantId), ...change }
    return { ...worker, ...base, cursors: new Cursors('c'.repeat(32)), load: createLoaders(base) }
  }
  const stop = async () => {
    admission.stop()
    await intake.close()
    await bus.nats.close()
    await nats.stop()
    await test.drop()
    folder.remove()
  }
  return { bus, test, worker, intake, contextOf, stop }
}
