import { follower } from '@renmai/platform/db/moved-ids'
import { quarantineLoaders } from '@renmai/platform/quarantine/list-quarantined'
import { couponLoaders } from './coupons/coupon.loaders.ts'
import { journeyLoaders } from './journeys/journey.loaders.ts'
import type { Listing } from './listing.ts'
import { messageTemplateLoaders } from './message-templates/message-template.loaders.ts'
import { merged } from './profiles/merged-customer.table.ts'
import { segmentLoaders } from './segments/segment.loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

export const createLoaders = (ctx: Listing) => ({
  /** The id of the customer that a customer is part of now. */
  currentCustomer: follower(ctx, merged),
  ...segmentLoaders(ctx),
  ...messageTemplateLoaders(ctx),
  ...journeyLoaders(ctx),
  ...couponLoaders(ctx),
  ...quarantineLoaders(ctx),
})
