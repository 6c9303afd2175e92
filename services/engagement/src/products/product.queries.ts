import { before, type Conditions, equals, from, isIdOf, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import { lte } from 'drizzle-orm'
import { isBelow } from '../categories/category.ts'
import type { ProductFilter, SkuFilter } from '../gen/resolvers.ts'
import { products, skus } from './product.table.ts'

type Filtered<F> = { filter?: F | null | undefined }

const NAMING = { tenantId: products.tenantId, platform: products.platform, shopId: products.shopId, code: products.categoryId }

const OF_PRODUCTS: Conditions<ProductFilter> = {
  platform: equals(products.platform),
  shopId: equals(products.shopId),
  code: equals(products.productNo),
  categoryId: equals(products.categoryId),
  belowCategoryId: (id, field) => isBelow(NAMING, id, field),
  isOnSale: equals(products.isOnSale),
  isDeleted: equals(products.isDeleted),
  modifiedFrom: from(products.modifiedAt),
  modifiedBefore: before(products.modifiedAt),
}

/** The list of products, newest first. */
export const listProducts = ({ filter }: Filtered<ProductFilter>): Listed<typeof products> => ({
  table: products,
  by: products.id,
  order: 'desc',
  orders: { MODIFIED_AT: products.modifiedAt },
  where: matching(OF_PRODUCTS, filter),
})

const OF_SKUS: Conditions<SkuFilter> = {
  productId: isIdOf(skus.productId),
  code: equals(skus.sku),
  maxStock: (most) => lte(skus.stock, most),
}

/** The list of articles, newest first. */
export const listSkus = ({ filter }: Filtered<SkuFilter>): Listed<typeof skus> => ({
  table: skus,
  by: skus.id,
  order: 'desc',
  orders: { CODE: skus.sku },
  where: matching(OF_SKUS, filter),
})
