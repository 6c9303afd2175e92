import type { Handler } from '@renmai/platform/events/inbox'
import { redeemNamedCoupons } from './coupons/redeem-named-coupons.ts'
import { countBehaviour } from './facts/count-behaviour.ts'
import { keepAttributes } from './facts/keep-attributes.ts'
import { keepOrders } from './facts/keep-orders.ts'
import { keepRfmClass } from './facts/keep-rfm-class.ts'
import { keepTags } from './facts/keep-tags.ts'
import { enterJourneys } from './journeys/enter-journeys.ts'
import { mapProfiles } from './profiles/map-profiles.ts'

/** Events that campaign consumes. */
export const handlers: Handler[] = [
  mapProfiles,
  keepAttributes,
  ...keepTags,
  keepOrders,
  countBehaviour,
  keepRfmClass,
  redeemNamedCoupons,
  ...enterJourneys,
]
