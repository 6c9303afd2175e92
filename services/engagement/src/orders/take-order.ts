import type { Tx } from '@renmai/platform/db/db'
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { readBuyer } from './buyer.rules.ts'
import { resolveBuyers } from './resolve-buyers.ts'
import { storeOrders } from './store-orders.ts'

/** What was left out of the buyer, for the note beside the push; and the function that stores the order. */
type TakenOrder = { problem: string | null; effects: (tx: Tx) => Promise<unknown> }

/** Finds the buyer of a pushed order, also of one that is set aside: the person is known whatever is wrong with the order. */
export async function takeOrder(deps: Deps, tenantId: string, order: IncomingOrder): Promise<TakenOrder> {
  const { profileId, problems } = await findBuyer(deps, tenantId, order)
  return {
    problem: problems.length > 0 ? `LEFT_OUT: ${problems.join(', ')}` : null,
    effects: (tx) => storeOrders(tx, deps, [{ order, profileId }]),
  }
}

async function findBuyer(deps: Deps, tenantId: string, { platform, shopId, modifiedAt, buyer: given }: IncomingOrder) {
  if (!given) return { profileId: undefined, problems: [] }
  const { buyer, leftOut } = readBuyer(given)
  // Masked and encrypted phones are what the platform gives to most apps.
  const problems: string[] = leftOut.filter((part) => part !== 'PHONE_LEFT_OUT' || !/[*$]/.test(given.phone ?? ''))
  if (!buyer) return { profileId: undefined, problems }
  // A file names its buyers in its own way.
  const [source, namespace] = platform === 'IMPORT' ? [`shop:${shopId}`, ''] : [`${platform.toLowerCase()}:${shopId}`, `buyer_id@${shopId}`]
  // The time of an order that is set aside may be none.
  const seenAt = momentProblem(modifiedAt, deps.now()) ? deps.now() : modifiedAt
  const [found] = await resolveBuyers(deps, tenantId, [{ source, namespace, buyer, seenAt }])
  return { profileId: found!.profileId, problems: [...problems, ...(found!.problem ? [found!.problem] : [])] }
}
