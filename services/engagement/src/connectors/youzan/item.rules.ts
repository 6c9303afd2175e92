/**
 * Products of Youzan, ITEM_INFO, ITEM_STATE and ITEM_SKU_INFO: the latest values, sometimes below `data`. Whole numbers of
 * prices are fen, as in the calls for products; texts with a point are yuan.
 */
import { AppError } from '@renmai/platform/serve/errors'
import type { IncomingProduct, IncomingSku } from '../incoming.ts'
import { readCategories } from './category.rules.ts'
import { amountReader, asCode, asList, asObject, asTitle, given, isGiven, type Json, readTime } from './fields.rules.ts'

type From = { shopId: string; version: number; type: string }

/** @throws AppError INVALID for a message that names no product, or whose price or stock cannot be read */
export function readItem(message: Json, { shopId, version, type }: From): IncomingProduct {
  const item = isGiven(message.data) ? asObject(message.data) : message
  const productId = asCode(item.item_id ?? item.itemId)
  if (productId === '') throw new AppError('INVALID', 'The push holds no product that we can read')
  const list = item.sku_list ?? item.skus
  const isWhole = Array.isArray(list)
  const modifiedAt = readTime(item.update_time ?? item.updated_at) ?? readTime(version) ?? new Date(Number.NaN)
  return {
    platform: 'YOUZAN',
    shopId,
    productId,
    currency: 'CNY',
    platformVersion: version,
    title: given(item.title, asTitle),
    categoryId: given(item.cid ?? item.category_id ?? asObject(item.category).cid, asCode),
    categories: readCategories(item, { shopId, modifiedAt, version }),
    isOnSale: given(item.is_display, isOne),
    isDeleted: given(item.is_delete, isOne),
    skus: isWhole ? asList(list).map(readSku) : singleOf(item, productId, type),
    isWhole,
    modifiedAt,
  }
}

const isOne = (value: unknown): boolean => Number(value) === 1

/** One article of several, or the product itself where it has no articles. */
function singleOf(item: Json, productId: string, type: string): IncomingSku[] | undefined {
  if (type === 'ITEM_SKU_INFO' && isGiven(item.sku_id ?? item.skuId)) return [readSku(item)]
  if (!isGiven(item.price)) return undefined
  return [
    { sku: asCode(item.item_no) || productId, title: '', priceMinor: priceOf(item.price), stock: stockOf(item.quantity ?? item.stock_num) },
  ]
}

const readSku = (sku: Json): IncomingSku => ({
  sku: asCode(sku.outer_sku_id) || asCode(sku.item_no) || asCode(sku.sku_id ?? sku.skuId),
  title: asTitle(sku.properties_name ?? sku.sku_properties_name ?? ''),
  priceMinor: isGiven(sku.price) ? priceOf(sku.price) : undefined,
  stock: stockOf(sku.stock_num ?? sku.quantity),
})

function priceOf(price: unknown): number {
  const text = typeof price === 'number' || typeof price === 'string' ? String(price) : ''
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const { fen, unreadable } = amountReader()
  const minor = fen('price', price)
  if (Object.keys(unreadable).length > 0) throw new AppError('INVALID', 'AMOUNT_NOT_READABLE: price')
  return minor
}

function stockOf(stock: unknown): number | undefined {
  if (!isGiven(stock)) return undefined
  if (!/^-?\d{1,10}$/.test(String(stock as string))) throw new AppError('INVALID', 'QUANTITY_NOT_READABLE: stock')
  return Number(stock)
}
