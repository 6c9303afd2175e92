import type { Transition } from '@renmai/platform/db/transition'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import type { Coupon } from './coupon.table.ts'

/** What may become of a coupon. */
export const transitions = {
  /** A lock that ran out goes to another order; the order that has it locks it again. */
  lock: { from: ['ISSUED', 'RETURNED', 'LOCKED'], to: 'LOCKED', event: null },
  release: { from: ['LOCKED'], to: 'ISSUED', event: null },
  use: { from: ['LOCKED'], to: 'USED', event: CouponRedeemedSchema },
  /** All money of its order went back. */
  return: { from: ['USED'], to: 'RETURNED', event: null },
  expire: { from: ['ISSUED', 'RETURNED'], to: 'EXPIRED', event: null },
} as const satisfies Record<string, Transition<Coupon['state']>>
