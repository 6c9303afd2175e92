import type { Handler } from '@renmai/platform/events/inbox'
import { itemwise } from '@renmai/platform/events/itemwise'
import { RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { OrdersChangedSchema, TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { redeemNamedCoupons } from './coupons/redeem-named-coupons.ts'
import { countBehaviour } from './facts/count-behaviour.ts'
import { keepAttributes } from './facts/keep-attributes.ts'
import { keepOrders } from './facts/keep-orders.ts'
import { keepRfmClass } from './facts/keep-rfm-class.ts'
import { keepTags } from './facts/keep-tags.ts'
import { enterJourneys } from './journeys/enter-journeys.ts'
import { keepMerges } from './profiles/keep-merges.ts'
import { mapProfiles } from './profiles/map-profiles.ts'

/** Events that campaign consumes. */
export const handlers: Handler[] = [
  mapProfiles,
  ...keepMerges,
  itemwise(CustomerChangedSchema, 'attributes', keepAttributes),
  ...keepTags,
  itemwise(OrdersChangedSchema, 'orders', keepOrders),
  itemwise(TouchpointsRecordedSchema, 'touchpoints', countBehaviour),
  itemwise(RfmClassChangedSchema, 'changes', keepRfmClass),
  itemwise(OrdersChangedSchema, 'orders', redeemNamedCoupons),
  ...enterJourneys,
]
