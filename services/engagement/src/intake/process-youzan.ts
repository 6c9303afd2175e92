import type { Worker } from '../context.ts'
import { problemOf } from '../orders/order.rules.ts'
import { storeOrders } from '../orders/store-orders.ts'
import { hiddenId } from '../touchpoints/claim.ts'
import { resolveClaims } from '../touchpoints/resolve-claims.ts'
import { readOrder, type YouzanPush } from '../youzan/youzan-push.rules.ts'
import type { Processed } from './process-wecom.ts'
import type { Webhook } from './webhook.table.ts'

/** Reads one Youzan push: trades become orders, everything else is kept and marked. */
export async function processYouzan(worker: Worker, webhook: Webhook, message: string): Promise<Processed> {
  const push = JSON.parse(message) as YouzanPush
  if (!push.type?.startsWith('trade_')) return { problem: `OTHER: ${nameOfKind(push.type)}`, effects: () => Promise.resolve() }
  const order = readOrder(push)
  const profileId =
    order.buyer &&
    !problemOf(order, worker.now()) &&
    (await profileOf(worker, webhook.tenantId, order.shopId, order.buyer, order.modifiedAt))
  return { problem: null, effects: (tx) => storeOrders(tx, worker, [{ order, profileId: profileId || undefined }]) }
}

/** The type is not signed, so it is repeated only when it looks like one. */
const nameOfKind = (type = '') => (/^\w{1,64}$/.test(type) ? type : 'another type')

/** Youzan gives the phone that the account was registered with, proven by a code. */
async function profileOf(
  worker: Worker,
  tenantId: string,
  shopId: string,
  buyer: { externalId: string; phone: string | undefined },
  observedAt: Date,
): Promise<string | undefined> {
  const identifiers = [{ namespace: `buyer_id@${shopId}`, value: buyer.externalId, isVerified: true }]
  if (buyer.phone) identifiers.push({ namespace: 'phone', value: buyer.phone, isVerified: true })
  const [resolution] = await resolveClaims(worker, tenantId, [
    {
      source: `youzan:${shopId}`,
      externalId: hiddenId(worker.keyRing, tenantId, buyer.externalId),
      identifiers,
      attributes: [],
      tagIds: [],
      displayName: '',
      observedAt: observedAt.toISOString(),
    },
  ])
  return resolution && 'profileId' in resolution ? resolution.profileId : undefined
}
