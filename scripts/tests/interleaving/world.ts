import { type Handler, handleOnce } from '@renmai/platform/events/inbox'
import { newId } from '@renmai/platform/serve/ids'
import { type Migrated, type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { analytics } from '../../../services/analytics/src/service.ts'
import { campaign } from '../../../services/campaign/src/service.ts'
import { compliance } from '../../../services/compliance/src/service.ts'
import { engagement } from '../../../services/engagement/src/service.ts'
import { identity } from '../../../services/identity/src/service.ts'

const SERVICES = { identity, engagement, campaign, analytics, compliance }
type ServiceName = keyof typeof SERVICES
export const NAMES = Object.keys(SERVICES) as ServiceName[]
export const handlersOf = (name: ServiceName): readonly Handler[] => SERVICES[name].handlers

/** Databases of the five services. */
export type World = { readonly databases: Readonly<Record<ServiceName, TestDatabase>>; readonly stop: () => Promise<void> }

export async function openWorld(postgresUrl: string): Promise<World> {
  const opened = await Promise.all(NAMES.map(async (name) => [name, await testDatabase(postgresUrl, SERVICES[name] as Migrated)] as const))
  const databases = Object.fromEntries(opened) as Record<ServiceName, TestDatabase>
  const stop = async () => {
    for (const [, database] of opened) {
      // Chance decides what is published here: the examples of the contracts are of the services' own tests.
      await database.owner.query('TRUNCATE outbox')
      await database.drop()
    }
  }
  return { databases, stop }
}

type Pending = { eventId: string; tenantId: string; payload: Uint8Array; consumer: ServiceName; handler: Handler }

/** How events go from the outboxes of a tenant to the handlers of all services. */
export type Carrier = {
  /** Delivers some of what was published so far. */
  readonly some: () => Promise<void>
  /** Delivers all, also what handlers publish meanwhile. */
  readonly all: () => Promise<void>
}

/**
 * Delivers to the real handlers, each consumer apart from the others: batches of any size, in any order, and now and then a copy
 * with another id to those that keep states.
 * @param chance numbers from 0 to below 1
 */
export function createCarrier({ databases }: World, tenantId: string, chance: () => number): Carrier {
  const last = Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<ServiceName, number>
  let pending: Pending[] = []
  const collect = async () => {
    for (const publisher of NAMES) {
      const { rows } = await databases[publisher].owner.query<{ id: number; event_id: string; type: string; payload: Buffer }>(
        'SELECT id, event_id, type, payload FROM outbox WHERE tenant_id = $1 AND id > $2 ORDER BY id',
        [tenantId, last[publisher]],
      )
      last[publisher] = rows.at(-1)?.id ?? last[publisher]
      for (const { event_id: eventId, type, payload } of rows) pending.push(...consumersOf(publisher, type, { eventId, tenantId, payload }))
    }
  }
  const deliver = async (share: number) => {
    const [now, later] = [[] as Pending[], [] as Pending[]]
    for (const one of pending) (chance() < share ? now : later).push(one)
    pending = later
    const shuffled = now.map((one) => ({ one, at: chance() })).toSorted((a, b) => a.at - b.at)
    for (const group of Map.groupBy(shuffled, ({ one }) => `${one.consumer}_${one.handler.name}`).values()) {
      const { consumer, handler } = group[0]!.one
      const copies = group.flatMap(({ one }) => (handler.isState && chance() < 0.1 ? [one, { ...one, eventId: newId() }] : [one]))
      for (let at = 0; at < copies.length; ) {
        const size = 1 + Math.floor(chance() * 4)
        await handleOnce(databases[consumer].db, `${consumer}_${handler.name}`, handler, copies.slice(at, at + size))
        at += size
      }
    }
  }
  return {
    some: async () => {
      await collect()
      await deliver(0.6)
    },
    all: async () => {
      for (await collect(); pending.length > 0; await collect()) await deliver(1)
    },
  }
}

const consumersOf = (publisher: ServiceName, type: string, event: Omit<Pending, 'consumer' | 'handler'>): Pending[] =>
  NAMES.flatMap((consumer) =>
    handlersOf(consumer)
      .filter((handler) => handler.type === type && handler.publishers.includes(publisher))
      .map((handler) => ({ ...event, consumer, handler })),
  )
