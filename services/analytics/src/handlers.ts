import type { Handler } from '@renmai/platform/inbox'
import { onProfileLinked } from './profiles/on-profile-linked.ts'
import { onCouponRedeemed, onMessageBlocked, onMessageSent, onTouchpointsRecorded } from './warehouse/on-events.ts'
import { onOrdersChanged } from './warehouse/on-orders-changed.ts'

/** What analytics listens to. */
export const handlers: Handler[] = [
  onProfileLinked,
  onTouchpointsRecorded,
  onOrdersChanged,
  onMessageSent,
  onMessageBlocked,
  onCouponRedeemed,
]
