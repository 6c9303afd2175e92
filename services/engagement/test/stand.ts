import { type Bus, connectBus } from '@renmai/platform/events/bus'
import { createLog } from '@renmai/platform/serve/log'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { makeFolder } from '@renmai/platform/testing/folder'
import { startNats } from '@renmai/platform/testing/nats'
import { testViewer } from '@renmai/platform/testing/viewers'
import { inject } from 'vitest'
import type { Context, Deps } from '../src/context.ts'
import { createIntake } from '../src/intake/intake.ts'
import { engagement } from '../src/service.ts'
import { testDeps } from './deps.ts'

/** Engagement's parts as its process has them, with a database and a NATS of their own. */
export type Stand = {
  bus: Bus
  test: TestDatabase
  worker: Deps
  intake: ReturnType<typeof createIntake>
  /** @param change fields of the context that differ */
  contextOf: (tenantId: string, change?: Partial<Context>) => Context
  stop: () => Promise<void>
}

/** @param settings those that differ from a test's own */
export async function startStand(settings: Parameters<typeof testDeps>[2] = {}): Promise<Stand> {
  const folder = makeFolder('stand')
  const nats = await startNats({ folder: folder.path, logs: folder.path })
  const server = { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' } as const
  const bus = await connectBus(server, 'test', createLog('test', 'silent'))
  const test = await testDatabase(inject('postgresUrl'), engagement)
  const worker = testDeps(test, bus, settings)
  const intake = createIntake(worker, { refusalMs: 0 })
  const contextOf = (tenantId: string, change: Partial<Context> = {}) =>
    engagement.context({ ...worker, ...change }, change.viewer ?? testViewer(tenantId))
  const stop = async () => {
    worker.admission.stop()
    await worker.close()
    await intake.close()
    await bus.nats.close()
    await nats.stop()
    await test.drop()
    folder.remove()
  }
  return { bus, test, worker, intake, contextOf, stop }
}
