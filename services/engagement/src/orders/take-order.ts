import type { Tx } from '@renmai/platform/db/db'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { Worker } from '../context.ts'
import { hiddenId, resolveClaims } from '../touchpoints/touchpoint.ts'
import { problemOf } from './order.rules.ts'
import { storeOrders } from './store-orders.ts'

/** Finds the buyer of a pushed order. @returns what stores the order */
export async function takeOrder(worker: Worker, tenantId: string, order: IncomingOrder): Promise<(tx: Tx) => Promise<unknown>> {
  const isGood = !problemOf(order, worker.now())
  const profileId = order.buyer && isGood ? await profileOf(worker, tenantId, order, order.buyer) : undefined
  return (tx) => storeOrders(tx, worker, [{ order, profileId }])
}

async function profileOf(
  worker: Worker,
  tenantId: string,
  { platform, shopId, modifiedAt }: IncomingOrder,
  { externalId, phone }: NonNullable<IncomingOrder['buyer']>,
): Promise<string | undefined> {
  const identifiers = [{ namespace: `buyer_id@${shopId}`, value: externalId, isVerified: true }]
  if (phone) identifiers.push({ namespace: 'phone', value: phone, isVerified: true })
  const [resolution] = await resolveClaims(worker, tenantId, [
    {
      source: `${platform.toLowerCase()}:${shopId}`,
      externalId: hiddenId(worker.keyRing, tenantId, externalId),
      identifiers,
      attributes: [],
      tagIds: [],
      displayName: '',
      observedAt: modifiedAt.toISOString(),
    },
  ])
  return resolution && 'profileId' in resolution ? resolution.profileId : undefined
}
