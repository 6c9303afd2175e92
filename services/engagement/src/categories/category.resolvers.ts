import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { listCategories } from './category.queries.ts'

export const categoryResolvers = {
  Query: {
    category: (_, { id }, { load }) => (isId(id) ? load.category.load(id) : null),
    categories: (_, args, ctx) => readPage(ctx, args, listCategories(args)),
  },
  Category: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.category.load(id) : undefined),
    parent: ({ platform, shopId, parentCode }, _args, { load }) => load.categoryOf({ platform, shopId, code: parentCode }),
    path: async ({ id }, _args, { load }) => (await load.categoryPath.load(id)) ?? [],
  },
} satisfies Resolvers
