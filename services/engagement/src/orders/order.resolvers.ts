import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { listOrders, listParkedOrders } from './order.queries.ts'

const NO_ORDERS = { paidOrders: 0, netPaid: [], lastPaidAt: null }
const LAST_CHANGED = { field: 'MODIFIED_AT', direction: 'DESC' } as const

export const orderResolvers = {
  Query: {
    order: (_, { id }, { load }) => (isId(id) ? load.order.load(id) : null),
    orders: (_, args, ctx) => readPage(ctx, args, listOrders(args)),
    parkedOrders: (_, args, ctx) => readPage(ctx, args, listParkedOrders(args)),
  },
  Order: {
    __resolveReference: ({ id }, { load }) => load.order.load(id),
    total: (order) => toMoney(order.totalMinor, order.currency),
    discount: (order) => toMoney(order.discountMinor, order.currency),
    refunded: (order) => toMoney(order.refundedMinor, order.currency),
    customer: async ({ profileId }, _args, { load }) => {
      const id = profileId && (await load.customerOf.load(profileId))?.customerId
      return id ? { id } : null
    },
    freight: (order) => toMoney(order.freightMinor, order.currency),
    tax: (order) => toMoney(order.taxMinor, order.currency),
    parent: async ({ id, parentOrderNo }, _args, { load }) => {
      const parent = parentOrderNo ? await load.parentOf.load(id) : undefined
      return parent ? load.order.load(parent.id) : null
    },
    lines: async ({ id, currency, platform, shopId }, _args, { load }) =>
      ((await load.lines.load(id)) ?? []).map((line) => ({ ...line, currency, platform, shopId })),
    refunds: async ({ id, currency }, _args, { load }) => ((await load.refunds.load(id)) ?? []).map((refund) => ({ ...refund, currency })),
    payments: async ({ id, currency }, _args, { load }) => ((await load.payments.load(id)) ?? []).map((one) => ({ ...one, currency })),
  },
  OrderLine: {
    productCode: ({ productId }) => productId,
    category: ({ platform, shopId, categoryId }, _args, { load }) => load.categoryOf({ platform, shopId, code: categoryId }),
    unitPrice: ({ unitPriceMinor, currency }) => (unitPriceMinor === null ? null : toMoney(unitPriceMinor, currency)),
    amount: ({ amountMinor, currency }) => toMoney(amountMinor, currency),
    discount: ({ discountMinor, currency }) => toMoney(discountMinor, currency),
    refunded: ({ refundedMinor, currency }) => toMoney(refundedMinor, currency),
  },
  OrderRefund: {
    amount: ({ amountMinor, currency }) => toMoney(amountMinor, currency),
    lines: ({ lines, currency }) => lines.map(({ amountMinor, ...line }) => ({ ...line, amount: toMoney(amountMinor, currency) })),
  },
  OrderPayment: {
    amount: ({ amountMinor, currency }) => toMoney(amountMinor, currency),
  },
  ParkedOrder: { __resolveReference: ({ id }, { load }) => load.parkedOrder.load(id) },
  Customer: {
    orders: ({ id }, args, { load }) => load.ordersOf(id, { ...args, orderBy: args.orderBy ?? LAST_CHANGED }),
    orderSummary: async ({ id }, _args, { load }) => (await load.orderSummary.load(id)) ?? NO_ORDERS,
  },
} satisfies Resolvers
