import { published } from '@renmai/platform/testing/events'
import { ProductsChangedSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { query } from '../../../test/query.ts'
import { engagementSeed } from '../../../test/seed.ts'
import { youzanShop } from '../../../test/youzan-shop.ts'

const seed = engagementSeed()
const { push, processed } = youzanShop(seed)

it('products are kept by their newest state and published whole', async () => {
  await push(
    'ITEM_INFO',
    {
      item_id: 7,
      title: '茶',
      cid: 5,
      is_display: 1,
      skus: [
        { sku_id: 70, price: 1_000, stock_num: 3 },
        { sku_id: 71, price: 1_100 },
      ],
    },
    { version: 1_767_229_200 },
  )
  await processed(1)
  await push('ITEM_SKU_INFO', { item_id: 7, sku_id: 70, price: '12.50', stock_num: 0 }, { version: 1_767_229_260 })
  await processed(2)
  await push('ITEM_STATE', { data: { item_id: 7, is_display: 0 }, change_fields: ['is_display'] }, { version: 1_767_229_320 })
  await push('ITEM_STATE', { data: { item_id: 7, is_display: 1 } }, { version: 1_767_229_100 })
  await processed(4)
  const PRODUCTS = `{ products(filter: { categoryId: "5", isOnSale: false }) { nodes { code title categoryId isOnSale isDeleted
    skus { nodes { code price { amount } stock product { code } } totalCount } } totalCount } skus(filter: { maxStock: 1 }) { nodes { code } } }`
  const sku = (code: string, amount: string, stock: number | null) => ({ code, price: { amount }, stock, product: { code: '7' } })
  expect(await query(seed.contextOf(), PRODUCTS)).toEqual({
    products: {
      totalCount: 1,
      nodes: [
        {
          code: '7',
          title: '茶',
          categoryId: '5',
          isOnSale: false,
          isDeleted: false,
          skus: { totalCount: 2, nodes: [sku('70', '12.50', 0), sku('71', '11.00', null)] },
        },
      ],
    },
    skus: { nodes: [{ code: '70' }] },
  })
  const events = (await published(seed.test, ProductsChangedSchema))
    .filter((one) => one.tenantId === seed.tenant)
    .flatMap((one) => one.products)
  expect(events.map(({ version, isOnSale }) => [version, isOnSale])).toEqual([
    [1n, true],
    [2n, true],
    [3n, false],
  ])
  expect(events[1]).toMatchObject({
    productId: '7',
    categoryId: '5',
    skus: [{ sku: '70', priceMinor: 1_250n, currency: 'CNY', stock: 0n }, { sku: '71' }],
  })
})
