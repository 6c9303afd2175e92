import { insertColumns } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { type Handler, on } from '@renmai/platform/events/inbox'
import type { WarehouseEvent } from './facts/fact.ts'
import { facts } from './facts.ts'

/** Keeps each fact of the table. */
export const keepFacts: Handler[] = facts.map(({ on: schema, reaction, toRows }) =>
  on(schema, reaction, (tx, events) => keepEvents(tx, events.flatMap(toRows))),
)

/** The table is partitioned by hand-written SQL and has no other description. */
const COLUMNS = [
  ['id', 'uuid', 'id'],
  ['profile_id', 'uuid', 'profileId'],
  ['kind', 'text', 'kind'],
  ['type', 'text', 'type'],
  ['channel', 'text', 'channel'],
  ['occurred_at', 'timestamptz', 'occurredAt'],
  ['reference_id', 'uuid', 'referenceId'],
] as const

/** Adds events to the warehouse; the same event again changes nothing. Those of a month without a partition share one. */
async function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void> {
  await insertColumns(tx, 'events', COLUMNS, events)
}
