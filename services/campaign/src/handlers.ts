import type { Handler } from '@renmai/platform/events/inbox'
import { onOrdersChanged as redeemCoupons } from './coupons/on-orders-changed.ts'
import { onCustomerChanged } from './facts/on-customer-changed.ts'
import { onOrdersChanged } from './facts/on-orders-changed.ts'
import { onRfmClassChanged } from './facts/on-rfm-class-changed.ts'
import { onTagAdded, onTagRemoved } from './facts/on-tags-changed.ts'
import { onTouchpointsRecorded } from './facts/on-touchpoints-recorded.ts'
import { enterJourneys } from './journeys/enter-journeys.ts'
import { onProfileLinked } from './profiles/on-profile-linked.ts'

/** What campaign listens to. */
export const handlers: Handler[] = [
  onProfileLinked,
  onCustomerChanged,
  onTagAdded,
  onTagRemoved,
  onOrdersChanged,
  onTouchpointsRecorded,
  onRfmClassChanged,
  redeemCoupons,
  ...enterJourneys,
]
