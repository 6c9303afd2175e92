import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { couponResolvers } from './coupons/coupon.resolvers.ts'
import { couponTemplateResolvers } from './coupons/coupon-template.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { journeyResolvers } from './journeys/journey.resolvers.ts'
import { messageTemplateResolvers } from './message-templates/message-template.resolvers.ts'
import { quarantinedItemResolvers } from './quarantine/quarantined-item.resolvers.ts'
import { segmentResolvers } from './segments/segment.resolvers.ts'

/** Resolvers of campaign. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  segmentResolvers,
  messageTemplateResolvers,
  couponTemplateResolvers,
  couponResolvers,
  journeyResolvers,
  quarantinedItemResolvers,
)
