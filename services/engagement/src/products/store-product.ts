import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { ProductsChangedSchema } from '@renmai/proto/engagement/v1/events'
import { and, eq, notInArray } from 'drizzle-orm'
import { storeCategories } from '../categories/category.ts'
import type { IncomingProduct } from '../connectors/incoming.ts'
import { applyProduct, type KnownProduct } from './product.rules.ts'
import { products, skus } from './product.table.ts'
import { productFact } from './product-fact.ts'

/** Stores a state of a product that is newer than the known one with the categories that it names, and publishes the product whole. */
export async function storeProduct(tx: Tx, state: IncomingProduct): Promise<void> {
  const lock = `products|${tx.tenantId}|${state.platform}|${state.shopId}|${state.productId}`
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock])
  await storeCategories(tx, [{ ...state, code: state.categoryId ?? '' }], state.categories)
  const known = await readProduct(tx, state)
  const now = applyProduct(known, state, newId())
  if (now === known) return
  const { id, ...changes } = now.product
  await tx
    .insert(products)
    .values({ tenantId: tx.tenantId, id, ...changes })
    .onConflictDoUpdate({ target: [products.tenantId, products.id], set: changes })
  await writeSkus(tx, id, now.skus)
  await publish(tx, ProductsChangedSchema, { products: [productFact(now)] })
}

async function readProduct(tx: Tx, { platform, shopId, productId }: IncomingProduct): Promise<KnownProduct | undefined> {
  const isIt = and(eq(products.platform, platform), eq(products.shopId, shopId), eq(products.productNo, productId))
  const [product] = await tx
    .select()
    .from(products)
    .where(and(eq(products.tenantId, tx.tenantId), isIt))
  if (!product) return undefined
  const own = await tx
    .select()
    .from(skus)
    .where(and(eq(skus.tenantId, tx.tenantId), eq(skus.productId, product.id)))
    .orderBy(skus.sku)
  const { tenantId: _tenant, ...row } = product
  return { product: row, skus: own.map(({ sku, title, currency, priceMinor, stock }) => ({ sku, title, currency, priceMinor, stock })) }
}

/** An article keeps its id as long as the shop has it. */
async function writeSkus(tx: Tx, productId: string, now: KnownProduct['skus']): Promise<void> {
  const codes = now.map(({ sku }) => sku)
  const isGone = codes.length > 0 ? notInArray(skus.sku, codes) : undefined
  await tx.delete(skus).where(and(eq(skus.tenantId, tx.tenantId), eq(skus.productId, productId), isGone))
  await insertRows(
    tx,
    skus,
    now.map((one) => ({ id: newId(), productId, ...one })),
    {
      conflict: `ON CONFLICT (tenant_id, product_id, sku) DO UPDATE SET
        title = excluded.title, currency = excluded.currency, price_minor = excluded.price_minor, stock = excluded.stock`,
    },
  )
}
