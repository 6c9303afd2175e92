import type { Transition } from '@renmai/platform/db/transition'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import type { Coupon } from './coupon.table.ts'

/** Transitions of a coupon's state. */
export const transitions = {
  /** A lock that ran out is free for another order; the order that has the lock may lock again. */
  lock: { from: ['ISSUED', 'RETURNED', 'LOCKED'], to: 'LOCKED', event: null },
  release: { from: ['LOCKED'], to: 'ISSUED', event: null },
  use: { from: ['LOCKED'], to: 'USED', event: CouponRedeemedSchema },
  /** The coupon's order was refunded in full. */
  return: { from: ['USED'], to: 'RETURNED', event: null },
  expire: { from: ['ISSUED', 'RETURNED'], to: 'EXPIRED', event: null },
} as const satisfies Record<string, Transition<Coupon['state']>>
