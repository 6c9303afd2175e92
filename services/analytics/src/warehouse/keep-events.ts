import { insertRows } from '@renmai/platform/bulk'
import type { Tx } from '@renmai/platform/db'

/** One thing that happened, in the shape of the warehouse. */
export type WarehouseEvent = {
  id: string
  profileId: string | null
  type: string
  channel: string
  occurredAt: Date
  referenceId: string | null
}

const COLUMNS = { id: 'uuid', profile_id: 'uuid', type: 'text', channel: 'text', occurred_at: 'timestamptz', reference_id: 'uuid' } as const

/** Adds events to the warehouse; the same event again changes nothing. Those of a month without a partition share one. */
export async function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void> {
  const rows = events.map(({ id, profileId, type, channel, occurredAt, referenceId }) => ({
    id,
    profile_id: profileId,
    type,
    channel,
    occurred_at: occurredAt,
    reference_id: referenceId,
  }))
  await insertRows(tx, 'events', COLUMNS, rows)
}
