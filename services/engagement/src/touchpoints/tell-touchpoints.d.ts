import type { Tx } from '@renmai/platform/db'
export type AttachedTouchpoint = {
  id: string
  profileId: string
  type: string
  channel: string
  occurredAt: Date
  referenceId: string | null
}
/** Tells of touchpoints that have a profile, in as few events as may be: one message a touchpoint would be the slowest step. */
export declare function tellTouchpoints(tx: Tx, touchpoints: AttachedTouchpoint[]): Promise<void>
