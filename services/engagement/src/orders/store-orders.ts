import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { applyOrder, isSame, isTooMuchReturned, type Snapshot } from './merge-order.rules.ts'
import { problemOf } from './order.rules.ts'
import { type SetAside, setAside } from './set-aside.ts'
import { keyOf, readSnapshots } from './snapshot.queries.ts'
import { writeSnapshots } from './write-snapshots.ts'

/** An order whose buyer is resolved. */
export type AttachedOrder = { order: IncomingOrder; profileId: string | undefined }

/** Keys to seal parked orders, and the clock to check times. */
export type Storing = { readonly keyRing: KeyRing; readonly now: () => Date }

/** What became of an order: PARKED is set aside, UNCHANGED states nothing new. */
export type StoredOrder = 'NEW' | 'CHANGED' | 'UNCHANGED' | 'PARKED'

/**
 * Stores up to 500 orders of one tenant and publishes those that are new or changed. Contradictory orders are set aside.
 * @returns what became of each, in their order
 */
export async function storeOrders(tx: Tx, storing: Storing, attached: readonly AttachedOrder[]): Promise<StoredOrder[]> {
  const aside: SetAside[] = []
  const park = (order: IncomingOrder, reason: SetAside['reason']): StoredOrder => {
    aside.push({ kind: 'ORDER', order, reason })
    return 'PARKED'
  }
  const checked = attached.map((one) => ({ ...one, reason: problemOf(one.order, storing.now()) }))
  const known = await readSnapshots(
    tx,
    checked.filter(({ reason }) => !reason).map(({ order }) => order),
  )
  const now = new Map<string, Snapshot>()
  const outcomes = checked.map(({ order, profileId, reason }) => {
    if (reason) return park(order, reason)
    const key = keyOf(order)
    const before = now.get(key) ?? known.get(key)
    const after = applyOrder(before, order, profileId ?? null, newId())
    if (isTooMuchReturned(after)) return park(order, 'REFUND_EXCEEDS_TOTAL')
    now.set(key, after)
    return before ? (isSame(before, after) ? 'UNCHANGED' : 'CHANGED') : 'NEW'
  })
  await setAside(tx, storing, aside)
  await writeSnapshots(tx, known, [...now.values()])
  return outcomes
}
