import { type QuarantineKind, sealedIn } from '@renmai/platform/quarantine/quarantine-kind'
import { AppError } from '@renmai/platform/serve/errors'
import type { Deps } from '../context.ts'
import { problemOf } from './order.rules.ts'
import { readStoredOrder } from './stored-order.rules.ts'
import { takeOrder } from './take-order.ts'
import { watchedOrders } from './watched-orders.ts'

const wrong = (what: string) => new AppError('INVALID', `original: ${what}`, { original: what })

/** Orders that contradict themselves. A replay stores the order as a push of its shop does; of two states the newer one wins. */
export const quarantinedOrders: QuarantineKind<Deps> = {
  ...watchedOrders,
  sentences: {
    ORDER_INCONSISTENT: 'The amounts contradict each other: lines and freight less the discount are not the total',
    NEGATIVE_AMOUNT: 'An amount is below zero',
    REFUND_EXCEEDS_TOTAL: "More was refunded than the order's total",
  },
  original: sealedIn(
    'body',
    (id) => `parked_orders.body|${id}`,
    (_tx, { now }, { source }, text) => {
      const order = readStoredOrder(text)
      if (`${order.platform}:${order.shopId}` !== source) throw wrong('is of another shop')
      const problem = problemOf(order, now())
      if (problem) throw wrong(problem)
    },
  ),
  replay: {
    run: async (deps, { tenantId, origin }, text) => {
      const order = readStoredOrder(text)
      const problem = problemOf(order, deps.now())
      if (problem) throw new AppError('CONFLICT', problem)
      const { effects } = await takeOrder(deps, tenantId, order)
      return async (tx) => {
        await effects(tx)
        await tx.client.query('DELETE FROM parked_orders WHERE tenant_id = $1 AND id = $2', [tx.tenantId, origin])
      }
    },
  },
}
