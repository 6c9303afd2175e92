import { insertRows } from '@renmai/platform/bulk'
import type { Tx } from '@renmai/platform/db'
import { type Handler, on } from '@renmai/platform/inbox'
import type { WarehouseEvent } from './facts/fact.ts'
import { facts } from './facts.ts'

/** Keeps each fact of the table. */
export const keepFacts: Handler[] = facts.map(({ on: schema, reaction, toRows }) =>
  on(schema, reaction, (tx, events) => keepEvents(tx, events.flatMap(toRows))),
)

const COLUMNS = {
  id: 'uuid',
  profile_id: 'uuid',
  kind: 'text',
  type: 'text',
  channel: 'text',
  occurred_at: 'timestamptz',
  reference_id: 'uuid',
} as const

/** Adds events to the warehouse; the same event again changes nothing. Those of a month without a partition share one. */
async function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void> {
  const rows = events.map(({ profileId, occurredAt, referenceId, ...event }) => ({
    ...event,
    profile_id: profileId,
    occurred_at: occurredAt,
    reference_id: referenceId,
  }))
  await insertRows(tx, 'events', COLUMNS, rows)
}
