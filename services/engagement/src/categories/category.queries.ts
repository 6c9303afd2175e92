import { before, type Conditions, contains, equals, from, matching, requireId } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import { eq, ne, type SQL, sql } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import type { CategoryFilter } from '../gen/resolvers.ts'
import { categories } from './category.table.ts'

const top = alias(categories, 'top')

const CONDITIONS: Conditions<CategoryFilter> = {
  platform: equals(categories.platform),
  shopId: equals(categories.shopId),
  code: equals(categories.code),
  nameContains: contains(categories.name),
  parentId: (id, field) =>
    sql`(${categories.platform}, ${categories.shopId}, ${categories.parentCode}) IN (SELECT ${top.platform}, ${top.shopId}, ${top.code}
      FROM ${categories} top WHERE ${top.tenantId} = ${categories.tenantId} AND ${top.id} = ${requireId(id, field)})`,
  isTop: (isWanted) => (isWanted ? eq : ne)(categories.parentCode, ''),
  modifiedFrom: from(categories.modifiedAt),
  modifiedBefore: before(categories.modifiedAt),
}

/** The list of categories, newest first. */
export const listCategories = ({ filter }: { filter?: CategoryFilter | null | undefined }): Listed<typeof categories> => ({
  table: categories,
  by: categories.id,
  order: 'desc',
  orders: { CODE: categories.code, MODIFIED_AT: categories.modifiedAt },
  where: matching(CONDITIONS, filter),
})

/** Columns that name a category: the tenant, the platform, the shop and its code. */
type Naming = { readonly tenantId: PgColumn; readonly platform: PgColumn; readonly shopId: PgColumn; readonly code: PgColumn }

/** The condition that a row names a category, or one below it. UNION leaves out what it has, so that a loop ends. */
export const isBelow = ({ tenantId, platform, shopId, code }: Naming, id: string, field: string): SQL =>
  sql`(${platform}, ${shopId}, ${code}) IN (
    WITH RECURSIVE below AS (
      SELECT c.tenant_id, c.platform, c.shop_id, c.code FROM ${categories} c WHERE c.tenant_id = ${tenantId} AND c.id = ${requireId(id, field)}
      UNION SELECT c.tenant_id, c.platform, c.shop_id, c.code FROM ${categories} c JOIN below b ON c.tenant_id = b.tenant_id
        AND c.platform = b.platform AND c.shop_id = b.shop_id AND c.parent_code = b.code
    ) SELECT platform, shop_id, code FROM below)`
