import type { z } from 'zod'
import type { Bus } from '../events/bus.ts'
import { Admission } from '../overload/admission.ts'
import type { App } from '../serve/service.ts'
import type { TestDatabase } from './database.ts'

type Stores = { test: Pick<TestDatabase, 'urls' | 'db' | 'relayDb'>; bus: Bus }

/**
 * What a service of a test stands on, as runService gives it to `open`. Its admission refuses nothing because the machine is busy.
 * @param own settings of the service itself, as an environment has them
 */
export function testApp<S extends z.ZodObject>(settings: S, { test, bus }: Stores, own: Record<string, string>): App<z.output<S>> {
  const shared = {
    DATABASE_URL: test.urls.app,
    RELAY_DATABASE_URL: test.urls.relay,
    NATS_URL: 'nats://test',
    INTERNAL_SECRETS: 'i'.repeat(32),
  }
  return {
    settings: settings.parse({ ...shared, ...own }),
    db: test.db,
    relayDb: test.relayDb,
    bus,
    log: bus.log,
    now: () => new Date(),
    admission: new Admission({ readPressure: () => 0 }),
  }
}
