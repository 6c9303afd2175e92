import type { BaseContext } from '@renmai/platform/serve/mutate'
import { couponLoaders } from './coupons/coupon.loaders.ts'
import { journeyLoaders } from './journeys/journey.loaders.ts'
import { segmentLoaders } from './segments/segment.loaders.ts'
import { templateLoaders } from './templates/template.loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

export const createLoaders = (ctx: BaseContext) => ({
  ...segmentLoaders(ctx),
  ...templateLoaders(ctx),
  ...journeyLoaders(ctx),
  ...couponLoaders(ctx),
})
