import { withTenant } from '@renmai/platform/db/db'
import { published } from '@renmai/platform/testing/events'
import { readSnapshot } from '@renmai/platform/testing/snapshots'
import { ProductsChangedSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { engagementSeed } from '../../test/seed.ts'
import { productsKnown } from './product.snapshots.ts'
import { storeProduct } from './store-product.ts'

const seed = engagementSeed()

it('each product is sent again whole, as in the last event about it', async () => {
  const state = { platform: 'YOUZAN' as const, shopId: 's', platformVersion: 0, currency: 'CNY', isWhole: true, categories: [] }
  const stated = (productId: string, minute: number, change: object = {}) => ({
    ...state,
    productId,
    title: productId,
    isOnSale: true,
    isDeleted: false,
    modifiedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
    categoryId: 'c',
    skus: [
      { sku: 'b', title: 'b', priceMinor: 100, stock: 1 },
      { sku: 'a', title: 'a', priceMinor: 100, stock: undefined },
    ],
    ...change,
  })
  const states = [stated('A', 1), stated('B', 1), stated('C', 1), stated('A', 2, { isOnSale: false })]
  for (const one of states) await withTenant(seed.test.db, seed.tenant, (tx) => storeProduct(tx, one))
  const told = (await published(seed.test, ProductsChangedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
  const last = new Map(told.flatMap(({ products }) => products).map((one) => [one.productId, one]))
  const again = (await readSnapshot(seed.test.db, seed.tenant, ProductsChangedSchema, productsKnown)).flatMap(({ products }) => products)
  expect(again).toEqual(['A', 'B', 'C'].map((code) => last.get(code)))
  expect(again.map(({ version, skus }) => [version, skus.length])).toEqual([
    [2n, 2],
    [1n, 2],
    [1n, 2],
  ])
})
