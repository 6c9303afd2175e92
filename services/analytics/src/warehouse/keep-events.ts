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
const known = new Set<string>()

/** Adds events to the warehouse's months; the same event again changes nothing. */
export async function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void> {
  for (const month of new Set(events.map((event) => event.occurredAt.toISOString().slice(0, 7)))) await ensureMonth(tx, month)
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

/** The month is remembered only in the next transaction, since this one may yet be undone with the partition. */
async function ensureMonth(tx: Tx, month: string): Promise<void> {
  if (known.has(month)) return
  const { rows } = await tx.client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    `events_${month.replace('-', '')}01`,
  ])
  if (rows[0]?.there) known.add(month)
  else await tx.client.query("SELECT ensure_partition('events', $1, 'month')", [`${month}-01T00:00:00Z`])
}
