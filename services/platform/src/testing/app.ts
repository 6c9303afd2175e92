import type { z } from 'zod'
import type { Bus } from '../events/bus.ts'
import { Admission } from '../overload/admission.ts'
import type { App } from '../serve/service.ts'
import type { TestDatabase } from './database.ts'

type Stores = { test: Pick<TestDatabase, 'urls' | 'db' | 'relayDb'>; bus: Bus }

/**
 * The resources of a service in a test, as runService gives them to `open`. Its admission does not refuse requests when
 * the machine is busy.
 * @param own settings of the service itself, in the form of environment variables
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
