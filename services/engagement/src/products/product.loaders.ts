import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import { eq } from 'drizzle-orm'
import type { ProductSkusArgs } from '../gen/resolvers.ts'
import type { Listing } from '../listing.ts'
import { listSkus } from './product.queries.ts'
import { products, skus } from './product.table.ts'

export const productLoaders = (ctx: Listing) => ({
  product: rowsById(ctx, products),
  sku: rowsById(ctx, skus),
  skusOf: pagesOf(
    ctx,
    (productId) => eq(skus.productId, productId),
    (args: Partial<ProductSkusArgs>) => ({ ...listSkus(args), by: skus.sku, order: 'asc' }),
  ),
})
