/** A newer state of a product replaces what it states; what it does not state stays, and so does what is newer. */
import { momentProblem } from '@renmai/platform/serve/moments.rules'
import { problemOfCategories } from '../categories/category.rules.ts'
import type { IncomingProduct } from '../connectors/incoming.ts'
import type { Product, Sku } from './product.table.ts'

const MAX_SKUS = 500
const MAX_CODE = 200
const MAX_TITLE = 500
const MAX_STOCK = 2 ** 31 - 1

export type KnownProduct = {
  readonly product: Omit<Product, 'tenantId'>
  readonly skus: readonly Omit<Sku, 'tenantId' | 'id' | 'productId'>[]
}

/** The reason why a product cannot be stored; undefined when it can. */
export function problemOf(
  { productId, title = '', categoryId = '', modifiedAt, skus = [], categories }: IncomingProduct,
  now: Date,
): string | undefined {
  const texts = [productId, title, categoryId, ...skus.flatMap(({ sku, title: name }) => [sku, name])]
  if (productId === '' || texts.some((text) => text.includes('\0') || !text.isWellFormed())) return 'TEXT_NOT_STORABLE'
  const codes = [productId, categoryId, ...skus.map(({ sku }) => sku)]
  if (codes.some(({ length }) => length > MAX_CODE) || [title, ...skus.map((one) => one.title)].some(({ length }) => length > MAX_TITLE))
    return 'TEXT_TOO_LONG'
  if (skus.length > MAX_SKUS) return 'TOO_MANY_SKUS'
  if (skus.some(({ priceMinor = 0 }) => !Number.isSafeInteger(priceMinor) || priceMinor < 0)) return 'AMOUNT_NOT_READABLE'
  if (skus.some(({ stock = 0 }) => !Number.isInteger(stock) || Math.abs(stock) > MAX_STOCK)) return 'QUANTITY_TOO_LARGE'
  return problemOfCategories(categories) ?? momentProblem(modifiedAt, now)
}

/** The product after a state of it; the same for a state that is not newer. */
export function applyProduct(known: KnownProduct | undefined, state: IncomingProduct, id: string): KnownProduct {
  if (known && !isNewer(state, known.product)) return known
  const { platform, shopId, productId: productNo, modifiedAt, platformVersion, ...stated } = state
  const before = known?.product ?? { id, title: '', categoryId: '', isOnSale: false, isDeleted: false, version: 0 }
  const isDeleted = stated.isDeleted ?? before.isDeleted
  const product = {
    id: before.id,
    platform,
    shopId,
    productNo,
    modifiedAt,
    platformVersion,
    isDeleted,
    title: stated.title ?? before.title,
    categoryId: stated.categoryId ?? before.categoryId,
    isOnSale: !isDeleted && (stated.isOnSale ?? before.isOnSale),
    version: before.version + 1,
  }
  const skus = known?.skus ?? []
  return { product, skus: stated.skus ? skusOf(state, skus) : skus }
}

const isNewer = (state: IncomingProduct, known: KnownProduct['product']) =>
  (state.modifiedAt.getTime() - known.modifiedAt.getTime() || state.platformVersion - known.platformVersion) > 0

/** One article of each code; the last one counts. */
function skusOf({ skus = [], currency, isWhole }: IncomingProduct, before: KnownProduct['skus']): KnownProduct['skus'] {
  const known = new Map(before.map((one) => [one.sku, one]))
  const stated = skus.map(({ sku, title, priceMinor, stock }) => {
    const one = {
      sku,
      title,
      currency,
      priceMinor: priceMinor ?? known.get(sku)?.priceMinor ?? null,
      stock: stock ?? known.get(sku)?.stock ?? null,
    }
    return [sku, one] as const
  })
  const all = new Map([...(isWhole ? [] : known), ...stated])
  return [...all.values()].toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
}
