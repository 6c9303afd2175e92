import { expect, it } from 'vitest'
import { mergeResolvers } from './resolvers.ts'

type Row = { id: string; count: () => Promise<number> }
type Resolvers = {
  Query?: { shop?: () => Row }
  Shop?: { id?: () => string; name?: () => string; totalCount?: () => number; __resolveReference?: () => Row }
}
type Rows = { Query: Record<PropertyKey, never>; Shop: Row }

const [query, shop] = [{ Query: { shop: () => undefined } }, { Shop: { name: () => 'a' } }]

it('resolvers are joined type by type, and a field that has neither a resolver nor a column does not compile', () => {
  const join = mergeResolvers<Resolvers, Rows>()
  expect(join(query, shop, { Shop: { id: () => '1' } })).toMatchObject({ Query: query.Query, Shop: { name: shop.Shop.name } })
  // @ts-expect-error hasNoResolver: "Shop.name"
  join(query)
  // @ts-expect-error hasNoResolver: "Query.shop"
  join(shop)
})
