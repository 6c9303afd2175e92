import { timestampDate } from '@bufbuild/protobuf/wkt'
import { isId } from '@renmai/platform/serve/ids'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { fact } from './fact.ts'

export const couponRedeemed = fact({
  on: CouponRedeemedSchema,
  reaction: 'keep-redeemed-coupons',
  toRows: ({ couponId, profileId, orderId, at }) => [
    {
      id: couponId,
      profileId,
      kind: 'KNOWN',
      type: 'coupon_redeemed',
      channel: 'COUPON',
      occurredAt: timestampDate(at!),
      // A shop's own order number is not an id of the platform.
      referenceId: isId(orderId) ? orderId : null,
    },
  ],
})
