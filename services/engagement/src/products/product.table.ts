import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, boolean, char, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const products = pgTable(
  'products',
  {
    tenantId: tenantId(),
    id: id(),
    platform: text({ enum: ['YOUZAN'] }).notNull(),
    shopId: text().notNull(),
    /** The shop's code of the product, unique in the shop. */
    productNo: text().notNull(),
    title: text().notNull(),
    categoryId: text().notNull(),
    isOnSale: boolean().notNull(),
    isDeleted: boolean().notNull(),
    /** The platform's own time of the last change; then its version decides which of two states is newer. */
    modifiedAt: moment('modified_at').notNull(),
    platformVersion: bigint({ mode: 'number' }).notNull(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('products_number').on(t.tenantId, t.platform, t.shopId, t.productNo),
    index('products_shop').on(t.tenantId, t.shopId, t.id),
    index('products_category').on(t.tenantId, t.categoryId, t.id),
    index('products_modified').on(t.tenantId, t.modifiedAt, t.id),
  ],
)

export type Product = typeof products.$inferSelect

export const skus = pgTable(
  'skus',
  {
    tenantId: tenantId(),
    id: id(),
    productId: uuid('product_id').notNull(),
    /** The shop's code of the article, unique in its product. */
    sku: text().notNull(),
    title: text().notNull(),
    currency: char({ length: 3 }).notNull(),
    /** Null where the shop does not state it. */
    priceMinor: bigint({ mode: 'number' }),
    /** Pieces that are left; null where the shop does not state it. */
    stock: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('skus_of_product').on(t.tenantId, t.productId, t.sku),
    index('skus_code').on(t.tenantId, t.sku, t.id),
    foreignKey({ name: 'skus_product_exists', columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
  ],
)

export type Sku = typeof skus.$inferSelect
