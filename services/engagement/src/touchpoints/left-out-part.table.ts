import { bytes, createdAt, id, tenantId } from '@renmai/platform/db/columns'
import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** What was left out of accepted events, so that it can be found and sent again: one row for each event. */
export const leftOutParts = pgTable(
  'left_out_parts',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    messageId: text().notNull(),
    touchpointId: uuid('touchpoint_id').notNull(),
    /** CODE: pointer of the first part. */
    problem: text().notNull(),
    /** Each part with its reason, its pointer and its value, as JSON, sealed. */
    parts: bytes('parts').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('left_out_parts_age').on(t.tenantId, t.createdAt)],
)
