import type { KeyRing } from '@renmai/platform/crypto'
import type { Tx } from '@renmai/platform/db'
import type { EventSource } from '../channels/known-accounts.ts'
import type { GoodEvent } from './event.rules.ts'
import { type Person } from './people.ts'
export type NewTouchpoint = {
  event: GoodEvent
  id: string
  person: Person
}
/**
 * Whether some of the events may be there already. Nearly every batch is new as a whole, and ON CONFLICT costs a fifth
 * of the database's time (it looks each row up first, and locks it), so it is kept for batches that prove not to be.
 */
export type Repeats = 'NONE' | 'SOME'
/**
 * Stores events of one source, attached to the profiles that are known, and tells of those; the claims of the others
 * wait for identity.
 * @returns the message ids of those that were not there before
 * @throws AppError CONFLICT (touchpoints_once) when there are repeats against what was said
 */
export declare function storeTouchpoints(
  tx: Tx,
  keyRing: KeyRing,
  source: EventSource,
  touchpoints: NewTouchpoint[],
  repeats: Repeats,
): Promise<Set<string>>
