import { type Tx, withTenant } from '@renmai/platform/db/db'
import { AppError } from '@renmai/platform/serve/errors'
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import type { OrderStatusChanged, RefundChanged } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { applyRefund, applyStatus, isTooMuchReturned, type Snapshot } from './merge-order.rules.ts'
import { keyOf, readSnapshots } from './snapshot.queries.ts'
import { writeSnapshots } from './write-snapshots.ts'

/** A change of a part of an order: it needs an order to change. */
export type PartChanged = OrderStatusChanged | RefundChanged

/**
 * Checks a change of a refund or a status that came without its order.
 * @returns the function that stores it; undefined while the order is not known
 * @throws AppError INVALID for a change that the order cannot take
 */
export async function changeOrder(deps: Deps, tenantId: string, change: PartChanged): Promise<((tx: Tx) => Promise<unknown>) | undefined> {
  checkChange(change, deps.now())
  const isKnown = await withTenant(deps.db, tenantId, (tx) => read(tx, change))
  if (!isKnown) return undefined
  apply(isKnown, change)
  return async (tx) => {
    const known = await read(tx, change)
    if (known) await writeSnapshots(tx, new Map([[keyOf(change.order), known]]), [apply(known, change)])
  }
}

const read = async (tx: Tx, { order }: PartChanged) => (await readSnapshots(tx, [order])).get(keyOf(order))

function checkChange(change: PartChanged, now: Date): void {
  const isRefund = change.kind === 'REFUND_CHANGED'
  const times = isRefund ? [change.modifiedAt, change.refund.at] : [change.modifiedAt]
  for (const time of times) {
    const problem = momentProblem(time, now)
    if (problem) throw new AppError('INVALID', `${problem}: time of the push`)
  }
  if (!isRefund && !change.status) throw new AppError('INVALID', `UNKNOWN_STATUS: ${change.platformStatus}`)
}

function apply(known: Snapshot, change: PartChanged): Snapshot {
  if (change.kind === 'ORDER_STATUS_CHANGED') return applyStatus(known, change)
  const { refund, modifiedAt, currency } = change
  if (currency !== known.order.currency) throw new AppError('INVALID', `UNKNOWN_CURRENCY: the order is in ${known.order.currency}`)
  const after = applyRefund(known, refund, modifiedAt)
  if (after !== known && isTooMuchReturned(after)) throw new AppError('INVALID', 'REFUND_EXCEEDS_TOTAL: more was refunded than the order')
  return after
}
