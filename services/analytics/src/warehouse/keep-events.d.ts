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
/** Adds events to the warehouse; the same event again changes nothing. Those of a month without a partition share one. */
export declare function keepEvents(tx: Tx, events: WarehouseEvent[]): Promise<void>
