import { type KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import { type IncomingOrder } from './order.rules.ts'
/** An order whose buyer is resolved. */
export type AttachedOrder = {
  order: IncomingOrder
  profileId: string | undefined
}
/** What sealing what is set aside and judging times takes. */
type Storing = {
  readonly keyRing: KeyRing
  readonly now: () => Date
}
/** Stores up to 500 orders of one tenant and tells of those that are new or newer. Contradictory ones are parked. */
export declare function storeOrders(
  tx: Tx,
  { keyRing, now }: Storing,
  attached: AttachedOrder[],
): Promise<{
  changed: number
  parked: number
}>
export {}
