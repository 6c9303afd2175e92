import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { KnownProduct } from './product.rules.ts'

/** The event's form of a product, whole. */
export const productFact = ({ product, skus: own }: KnownProduct) => ({
  platform: product.platform,
  shopId: product.shopId,
  productId: product.productNo,
  title: product.title,
  categoryId: product.categoryId,
  isOnSale: product.isOnSale,
  version: BigInt(product.version),
  modifiedAt: timestampFromDate(product.modifiedAt),
  skus: own.map(({ sku, currency, priceMinor, stock }) => ({
    sku,
    currency,
    ...(priceMinor === null ? {} : { priceMinor: BigInt(priceMinor) }),
    ...(stock === null ? {} : { stock: BigInt(stock) }),
  })),
})
