import type { Tx } from '@renmai/platform/db/db'
import type { IncomingOrder } from '../connectors/incoming.ts'
import type { Deps } from '../context.ts'
import { hiddenId, resolveClaims } from '../touchpoints/touchpoint.ts'
import { problemOf } from './order.rules.ts'
import { storeOrders } from './store-orders.ts'

/** Finds the buyer of a pushed order. @returns the function that stores the order */
export async function takeOrder(deps: Deps, tenantId: string, order: IncomingOrder): Promise<(tx: Tx) => Promise<unknown>> {
  const isGood = !problemOf(order, deps.now())
  const profileId = order.buyer && isGood ? await profileOf(deps, tenantId, order, order.buyer) : undefined
  return (tx) => storeOrders(tx, deps, [{ order, profileId }])
}

async function profileOf(
  deps: Deps,
  tenantId: string,
  { platform, shopId, modifiedAt }: IncomingOrder,
  { externalId, phone }: NonNullable<IncomingOrder['buyer']>,
): Promise<string | undefined> {
  const identifiers = [{ namespace: `buyer_id@${shopId}`, value: externalId, isVerified: true }]
  if (phone) identifiers.push({ namespace: 'phone', value: phone, isVerified: true })
  const [resolution] = await resolveClaims(deps, tenantId, [
    {
      source: `${platform.toLowerCase()}:${shopId}`,
      externalId: hiddenId(deps.keyRing, tenantId, externalId),
      identifiers,
      attributes: [],
      tagIds: [],
      displayName: '',
      observedAt: modifiedAt.toISOString(),
    },
  ])
  return resolution && 'profileId' in resolution ? resolution.profileId : undefined
}
