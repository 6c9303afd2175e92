import { all, readRow } from '@renmai/platform/db/rows'
import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { CategoriesChangedSchema } from '@renmai/proto/engagement/v1/events'
import { categories } from './category.table.ts'
import { categoryFact } from './category-fact.ts'

/** Each category whole. */
export const categoriesKnown: Snapshot = snapshot(CategoriesChangedSchema, {
  name: 'categories',
  rows: async ({ client, tenantId }, { after, limit }) => {
    const { rows } = await client.query<Record<string, unknown>>(
      `SELECT ${all(categories)} FROM categories WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [tenantId, after, limit],
    )
    return rows.map((row) => readRow(categories, row))
  },
  position: ({ id }) => id,
  events: (rows) => [{ categories: rows.map(categoryFact) }],
})
