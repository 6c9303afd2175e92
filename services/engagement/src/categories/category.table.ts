import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, index, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const categories = pgTable(
  'categories',
  {
    tenantId: tenantId(),
    id: id(),
    platform: text({ enum: ['YOUZAN', 'IMPORT'] }).notNull(),
    shopId: text().notNull(),
    /** The shop's code of the category, unique in the shop; products and order lines name it. */
    code: text().notNull(),
    /** Empty until the shop states it. */
    name: text().notNull(),
    /** The shop's code of the category above; empty at the top. No key: a parent may arrive later, or never. */
    parentCode: text().notNull(),
    /** The platform's own time of the last change; null until the shop states more than the code. */
    modifiedAt: moment('modified_at'),
    platformVersion: bigint({ mode: 'number' }).notNull(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('categories_code').on(t.tenantId, t.platform, t.shopId, t.code),
    index('categories_parent').on(t.tenantId, t.platform, t.shopId, t.parentCode),
    index('categories_by_code').on(t.tenantId, t.code, t.id),
    index('categories_modified').on(t.tenantId, t.modifiedAt, t.id),
  ],
)

export type Category = typeof categories.$inferSelect
