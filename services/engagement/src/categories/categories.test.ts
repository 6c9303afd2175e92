import { withTenant } from '@renmai/platform/db/db'
import { published } from '@renmai/platform/testing/events'
import { readSnapshot } from '@renmai/platform/testing/snapshots'
import { CategoriesChangedSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { query } from '../../test/query.ts'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { youzanShop } from '../../test/youzan-shop.ts'
import { storeOrders } from '../orders/store-orders.ts'
import { categoriesKnown } from './category.snapshots.ts'
import { storeCategories } from './store-categories.ts'

const seed = engagementSeed()
const { push, processed } = youzanShop(seed)

const tree = [{ cid: 1, name: '食品', sub_categories: [{ cid: 5, name: '茶', parent_cid: 1 }] }]
const ask = (text: string) => query(seed.contextOf(), text) as Promise<Record<string, { nodes: Record<string, unknown>[] }>>
const told = async () =>
  (await published(seed.test, CategoriesChangedSchema))
    .filter(({ tenantId }) => tenantId === seed.tenant)
    .flatMap(({ categories }) => categories)
const stated = (code: string, parentCode: string, minute = 1, name = code) => ({
  platform: 'YOUZAN' as const,
  shopId: '42',
  code,
  name,
  parentCode,
  modifiedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)),
  platformVersion: 0,
})
const store = (...states: ReturnType<typeof stated>[]) => withTenant(seed.test.db, seed.tenant, (tx) => storeCategories(tx, [], states))

it('products lead to their category and those above it, also where the one above is stated later', async () => {
  await push('ITEM_INFO', { item_id: 7, title: '茶', cid: 6, category: { cid: 6, name: '绿茶', parent_cid: 5 } })
  await processed(1)
  const PRODUCT = '{ products { nodes { categoryId category { code name parent { code name } path { code } } } } }'
  const category = { code: '6', name: '绿茶', parent: null, path: [{ code: '6' }] }
  expect((await ask(PRODUCT)).products!.nodes).toEqual([{ categoryId: '6', category }])
  await push('ITEM_INFO', { item_id: 8, title: '点心', cid: 1, categories: tree }, { version: 1_767_229_260 })
  await processed(2)
  const above = { parent: { code: '5', name: '茶' }, path: [{ code: '1' }, { code: '5' }, { code: '6' }] }
  expect((await ask(PRODUCT)).products!.nodes[1]).toEqual({ categoryId: '6', category: { ...category, ...above } })
  const ids = await ask('{ categories(filter: { isTop: true }) { nodes { id code } totalCount } }')
  const top = ids.categories!.nodes[0]!
  expect(top.code).toBe('1')
  const BELOW = `{ products(filter: { belowCategoryId: "${top.id as string}" }) { nodes { code } } categories(filter: { parentId: "${top.id as string}" }) { nodes { code } } }`
  expect(await ask(BELOW)).toEqual({ products: { nodes: [{ code: '8' }, { code: '7' }] }, categories: { nodes: [{ code: '5' }] } })
})

it('a loop of categories ends where it would begin again', async () => {
  await store(stated('a', 'b'), stated('b', 'c'), stated('c', 'a'), stated('self', 'self'))
  const { categories } = await ask('{ categories(orderBy: { field: CODE }) { nodes { id code parent { code } path { code } } } }')
  const paths = categories!.nodes.map((one) => [
    one.code,
    (one.parent as { code: string }).code,
    (one.path as { code: string }[]).map(({ code }) => code),
  ])
  expect(paths).toEqual([
    ['a', 'b', ['c', 'b', 'a']],
    ['b', 'c', ['a', 'c', 'b']],
    ['c', 'a', ['b', 'a', 'c']],
    ['self', 'self', ['self']],
  ])
  const below = await ask(`{ products(filter: { belowCategoryId: "${categories!.nodes[0]!.id as string}" }) { nodes { code } } }`)
  expect(below.products!.nodes).toEqual([])
})

it('a line of an order makes its category known by its code, and a contact refers to it by the same code', async () => {
  const line = { sku: 'a', title: 'a', quantity: 1, amountMinor: 100, categoryId: 'shoes' }
  const order = orderAt(1, { lines: [line, { ...line, sku: 'b', categoryId: '' }], totalMinor: 200, discountMinor: 0, freightMinor: 0 })
  for (let no = 0; no < 2; no++)
    await withTenant(seed.test.db, seed.tenant, (tx) =>
      storeOrders(tx, seed.worker, [{ order: { ...order, platformVersion: no }, profileId: undefined }]),
    )
  const { orders } = await ask('{ orders { nodes { lines { categoryId category { code name modifiedAt } } } } }')
  expect(orders!.nodes[0]!.lines).toEqual([
    { categoryId: 'shoes', category: { code: 'shoes', name: '', modifiedAt: null } },
    { categoryId: '', category: null },
  ])
  expect(await told()).toMatchObject([{ categoryId: 'shoes', name: '', version: 1n }])
  await seed.ingest(await seed.source(), [{ ...viewed(1), details: { categoryId: 'shoes' } }])
  const CONTACT = '{ touchpoints { nodes { details { categoryId category { code } } } } }'
  expect((await ask(CONTACT)).touchpoints!.nodes).toEqual([{ details: { categoryId: 'shoes', category: { code: 'shoes' } } }])
  await store(stated('shoes', ''))
  expect((await ask(CONTACT)).touchpoints!.nodes).toEqual([{ details: { categoryId: 'shoes', category: null } }])
})

it('categories are published when something changed, and again whole by a snapshot', async () => {
  await store(stated('a', ''), stated('b', 'a'))
  await store(stated('b', 'a', 2), stated('a', '', 0, 'older'))
  await store(stated('a', '', 3, 'A'))
  expect((await told()).map(({ categoryId, name, parentId, version }) => [categoryId, name, parentId, version])).toEqual([
    ['a', 'a', '', 2n],
    ['b', 'b', 'a', 2n],
    ['a', 'A', '', 3n],
  ])
  const again = (await readSnapshot(seed.test.db, seed.tenant, CategoriesChangedSchema, categoriesKnown)).flatMap(
    ({ categories }) => categories,
  )
  const [b, a] = (await told()).slice(1)
  expect(again.toSorted((x, y) => (x.categoryId < y.categoryId ? -1 : 1))).toMatchObject([
    a!,
    { ...b!, modifiedAt: { seconds: b!.modifiedAt!.seconds + 60n } },
  ])
})

it('transactions that name the same categories in any order wait for each other, and none is lost', async () => {
  const codes = Array.from({ length: 20 }, (_, no) => `c${no}`)
  const states = (minute: number) => codes.map((code) => stated(code, '', minute, `${code} ${minute}`))
  await Promise.all([3, 1, 2, 4].map((minute) => store(...(minute % 2 ? states(minute) : states(minute).toReversed()))))
  const { rows } = await seed.test.owner.query<{ name: string }>('SELECT name FROM categories WHERE tenant_id = $1', [seed.tenant])
  expect(rows.map(({ name }) => name).sort()).toEqual(codes.map((code) => `${code} 4`).sort())
})
