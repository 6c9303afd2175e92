import { all, readRow } from '@renmai/platform/db/rows'
import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { ProductsChangedSchema } from '@renmai/proto/engagement/v1/events'
import { and, eq, inArray } from 'drizzle-orm'
import type { KnownProduct } from './product.rules.ts'
import { products, skus } from './product.table.ts'
import { productFact } from './product-fact.ts'

/** Each product whole. */
export const productsKnown: Snapshot = snapshot(ProductsChangedSchema, {
  name: 'products',
  // A product has up to some hundred articles.
  most: 100,
  rows: async (tx, { after, limit }): Promise<KnownProduct[]> => {
    const { rows } = await tx.client.query<Record<string, unknown>>(
      `SELECT ${all(products)} FROM products WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [tx.tenantId, after, limit],
    )
    const found = rows.map((row) => readRow(products, row))
    const ids = found.map(({ id }) => id)
    const isOfThese = and(eq(skus.tenantId, tx.tenantId), inArray(skus.productId, ids))
    const own = Map.groupBy(await tx.select().from(skus).where(isOfThese).orderBy(skus.sku), ({ productId }) => productId)
    return found.map((product) => ({ product, skus: own.get(product.id) ?? [] }))
  },
  position: ({ product }) => product.id,
  events: (rows) => rows.map((one) => ({ products: [productFact(one)] })),
})
