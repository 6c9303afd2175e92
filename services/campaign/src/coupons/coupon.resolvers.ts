import { readFirst } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { couponTemplates } from './coupon.table.ts'
import { createCouponTemplate } from './create-coupon-template.ts'
import { issueCoupon } from './issue-coupon.ts'
import { confirmCoupon, lockCoupon, releaseCoupon } from './redemption.ts'

const MAX_TEMPLATES = 1_000

export const couponResolvers = {
  Query: {
    couponTemplates: (_, _args, ctx) => readFirst(ctx, MAX_TEMPLATES, { table: couponTemplates, by: couponTemplates.name }),
  },
  Mutation: {
    createCouponTemplate: async (_, { input }, ctx) => ({
      template: await ctx.load.couponTemplate.load((await createCouponTemplate(ctx, input)).id),
    }),
    issueCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await issueCoupon(ctx, input)).id) }),
    lockCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await lockCoupon(ctx, input)).id) }),
    confirmCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await confirmCoupon(ctx, input)).id) }),
    releaseCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await releaseCoupon(ctx, input)).id) }),
  },
  CouponTemplate: {
    __resolveReference: ({ id }, { load }) => load.couponTemplate.load(id),
    threshold: (template) => ({ amountMinor: String(template.thresholdMinor), currency: template.currency }),
    used: async ({ id }, _args, { load }) => (await load.usedCoupons.load(id)) ?? 0,
  },
  Coupon: {
    __resolveReference: ({ id }, { load }) => load.coupon.load(id),
    template: (coupon, _args, { load }) => load.couponTemplate.load(coupon.templateId),
    orderId: (coupon) => coupon.orderKey,
    discount: async (coupon, _args, { load }) => {
      if (coupon.discountMinor === null) return null
      return { amountMinor: String(coupon.discountMinor), currency: (await load.couponTemplate.load(coupon.templateId))?.currency ?? '' }
    },
  },
  Customer: { coupons: async ({ id }, _args, { load }) => (await load.couponsOf.load(id)) ?? [] },
} satisfies Resolvers
