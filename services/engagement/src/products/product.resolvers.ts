import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { toMoney } from '@renmai/platform/serve/money'
import type { Resolvers } from '../gen/resolvers.ts'
import { listProducts, listSkus } from './product.queries.ts'

export const productResolvers = {
  Query: {
    product: (_, { id }, { load }) => (isId(id) ? load.product.load(id) : null),
    products: (_, args, ctx) => readPage(ctx, args, listProducts(args)),
    skus: (_, args, ctx) => readPage(ctx, args, listSkus(args)),
  },
  Product: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.product.load(id) : undefined),
    code: ({ productNo }) => productNo,
    category: ({ platform, shopId, categoryId }, _args, { load }) => load.categoryOf({ platform, shopId, code: categoryId }),
    skus: ({ id }, args, { load }) => load.skusOf(id, args),
  },
  Sku: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.sku.load(id) : undefined),
    price: ({ priceMinor, currency }) => (priceMinor === null ? null : toMoney(priceMinor, currency)),
    code: ({ sku }) => sku,
    product: ({ productId }, _args, { load }) => load.product.load(productId),
  },
} satisfies Resolvers
