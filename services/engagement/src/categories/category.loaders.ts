import { tenantLoader } from '@renmai/platform/db/loader'
import { all, readRow } from '@renmai/platform/db/rows'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { Listing } from '../listing.ts'
import { type CategoryKey, keyOf } from './category.rules.ts'
import { type Category, categories } from './category.table.ts'

/** Shops have trees of three or four levels; no stated loop can make a longer path. */
const MAX_LEVELS = 32

export const categoryLoaders = (ctx: Listing) => {
  const byKey = tenantLoader<Category>(ctx, async (tx, keys) => {
    const parts = keys.map((key) => JSON.parse(key) as [string, string, string])
    const { rows } = await tx.client.query<Record<string, unknown>>(
      `SELECT ${all(categories)} FROM categories WHERE tenant_id = $1
         AND (platform, shop_id, code) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
      [tx.tenantId, parts.map(([platform]) => platform), parts.map(([, shopId]) => shopId), parts.map(([, , code]) => code)],
    )
    return byText(rows, keyOf)
  })
  return {
    category: rowsById(ctx, categories),
    /** The category that a shop's code names; null for the empty code and for one that nobody has named yet. */
    categoryOf: async (key: CategoryKey) => (key.code === '' ? null : ((await byKey.load(keyOf(key))) ?? null)),
    /** The category with a code that one shop alone has. */
    categoryOfCode: tenantLoader<Category>(ctx, async (tx, codes) => {
      const { rows } = await tx.client.query<Record<string, unknown>>(
        `SELECT ${all(categories)} FROM categories WHERE tenant_id = $1 AND code = ANY($2) AND NOT EXISTS (
           SELECT 1 FROM categories other WHERE other.tenant_id = $1 AND other.code = categories.code AND other.id <> categories.id)`,
        [tx.tenantId, codes],
      )
      return byText(rows, ({ code }) => code)
    }),
    /** From the top to the category itself; a loop ends where it would begin again. */
    categoryPath: tenantLoader<Category[]>(ctx, async (tx, ids) => {
      const { rows } = await tx.client.query<Record<string, unknown> & { of: string }>(
        `WITH RECURSIVE up AS (
           SELECT c.id AS of, 1 AS level, ARRAY[c.id] AS ids, c.platform, c.shop_id, c.parent_code, c.id
           FROM categories c WHERE c.tenant_id = $1 AND c.id = ANY($2)
           UNION ALL SELECT u.of, u.level + 1, u.ids || p.id, p.platform, p.shop_id, p.parent_code, p.id
           FROM up u JOIN categories p ON p.tenant_id = $1 AND p.platform = u.platform AND p.shop_id = u.shop_id AND p.code = u.parent_code
           WHERE u.level < ${MAX_LEVELS} AND NOT p.id = ANY(u.ids)
         ) SELECT u.of, ${all(categories)} FROM up u JOIN categories ON categories.tenant_id = $1 AND categories.id = u.id
         ORDER BY u.of, u.level DESC`,
        [tx.tenantId, ids],
      )
      const paths = Map.groupBy(rows, ({ of }) => of)
      return new Map([...paths].map(([of, path]) => [of, path.map(({ of: _of, ...row }) => readRow(categories, row))]))
    }),
  }
}

const byText = (rows: readonly Record<string, unknown>[], textOf: (row: Category) => string) =>
  new Map(rows.map((row) => readRow(categories, row)).map((row) => [textOf(row), row]))
