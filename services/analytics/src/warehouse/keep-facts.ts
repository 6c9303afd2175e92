import { insertColumns } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { type Handler, on } from '@renmai/platform/events/inbox'
import type { WarehouseEvent } from './facts/fact.ts'
import { facts } from './facts.ts'

/** Handlers that store each fact of the table. */
export const keepFacts: Handler[] = facts.map(({ on: schema, reaction, toRows }) =>
  on(schema, reaction, (tx, events) => keepEvents(tx, events.flatMap(toRows))),
)

/** Columns of the table, which hand-written SQL partitions; they are described only here. */
const COLUMNS = [
  ['id', 'uuid', 'id'],
  ['profile_id', 'uuid', 'profileId'],
  ['kind', 'text', 'kind'],
  ['type', 'text', 'type'],
  ['channel', 'text', 'channel'],
  ['occurred_at', 'timestamptz', 'occurredAt'],
  ['reference_id', 'uuid', 'referenceId'],
] as const

/** Adds events to the warehouse; a repeated event changes nothing. Months without a partition share the default one. */
async function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void> {
  await insertColumns(tx, 'events', COLUMNS, events)
}
