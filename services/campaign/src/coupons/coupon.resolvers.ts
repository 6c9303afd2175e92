import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { confirmCoupon } from './confirm-coupon.ts'
import { listCoupons } from './coupon.queries.ts'
import { issueCoupon } from './issue-coupon.ts'
import { lockCoupon } from './lock-coupon.ts'
import { releaseCoupon } from './release-coupon.ts'

export const couponResolvers = {
  Query: {
    coupons: (_, args, ctx) => readPage(ctx, args, listCoupons(args)),
    coupon: (_, { id }, { load }) => (isId(id) ? load.coupon.load(id) : null),
  },
  Mutation: {
    issueCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await issueCoupon(ctx, input)).id) }),
    lockCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await lockCoupon(ctx, input)).id) }),
    confirmCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await confirmCoupon(ctx, input)).id) }),
    releaseCoupon: async (_, { input }, ctx) => ({ coupon: await ctx.load.coupon.load((await releaseCoupon(ctx, input)).id) }),
  },
  Coupon: {
    __resolveReference: ({ id }, { load }) => load.coupon.load(id),
    couponTemplate: (coupon, _args, { load }) => load.couponTemplate.load(coupon.templateId),
    customer: async ({ profileId }, _args, { load }) => {
      const id = (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
    orderId: ({ orderId, orderKey }) => orderId ?? (isId(orderKey) ? orderKey : null),
    allocation: async ({ allocation, templateId }, _args, { load }) => {
      const template = allocation && (await load.couponTemplate.load(templateId))
      if (!template) return null
      return allocation.map(({ lineId, sku, minor }) => ({ lineId: lineId || null, sku, discount: toMoney(minor, template.currency) }))
    },
    discount: async (coupon, _args, { load }) => {
      if (coupon.discountMinor === null) return null
      const template = await load.couponTemplate.load(coupon.templateId)
      return template ? toMoney(coupon.discountMinor, template.currency) : null
    },
  },
  Customer: { coupons: ({ id }, args, { load }) => load.couponsOf(id, args) },
} satisfies Resolvers
