import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { couponResolvers } from './coupons/coupon.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { journeyResolvers } from './journeys/journey.resolvers.ts'
import { segmentResolvers } from './segments/segment.resolvers.ts'
import { templateResolvers } from './templates/template.resolvers.ts'

/** Resolvers of campaign. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  segmentResolvers,
  templateResolvers,
  couponResolvers,
  journeyResolvers,
)
