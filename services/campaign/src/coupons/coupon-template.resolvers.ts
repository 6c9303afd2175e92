import { readPage } from '@renmai/platform/db/read-page'
import { writeDays } from '@renmai/platform/serve/duration'
import { isId } from '@renmai/platform/serve/ids'
import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { archiveCouponTemplate } from './archive-coupon-template.ts'
import { listCouponTemplates } from './coupon.queries.ts'
import { showDiscount } from './coupon-terms.ts'
import { createCouponTemplate } from './create-coupon-template.ts'
import { restoreCouponTemplate } from './restore-coupon-template.ts'
import { updateCouponTemplate } from './update-coupon-template.ts'

export const couponTemplateResolvers = {
  Query: {
    couponTemplates: (_, args, ctx) => readPage(ctx, args, listCouponTemplates(args)),
    couponTemplate: (_, { id }, { load }) => (isId(id) ? load.couponTemplate.load(id) : null),
  },
  Mutation: {
    createCouponTemplate: async (_, { input }, ctx) => ({
      couponTemplate: await ctx.load.couponTemplate.load((await createCouponTemplate(ctx, input)).id),
    }),
    updateCouponTemplate: async (_, { input }, ctx) => ({
      couponTemplate: await ctx.load.couponTemplate.load((await updateCouponTemplate(ctx, input)).id),
    }),
    archiveCouponTemplate: async (_, { input }, ctx) => ({
      couponTemplate: await ctx.load.couponTemplate.load((await archiveCouponTemplate(ctx, input)).id),
    }),
    restoreCouponTemplate: async (_, { input }, ctx) => ({
      couponTemplate: await ctx.load.couponTemplate.load((await restoreCouponTemplate(ctx, input)).id),
    }),
  },
  CouponTemplate: {
    __resolveReference: ({ id }, { load }) => load.couponTemplate.load(id),
    threshold: (template) => toMoney(template.thresholdMinor, template.currency),
    discount: showDiscount,
    validFor: ({ validDays }) => writeDays(validDays),
    used: async ({ id }, _args, { load }) => (await load.usedCoupons.load(id)) ?? 0,
  },
} satisfies Resolvers
