import { bytes, id, moment, tenantId } from '@renmai/platform/columns'
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

/** What platforms pushed, as they sent it but decrypted and sealed anew. Stored before it is answered, worked on after. */
export const webhooks = pgTable(
  'webhooks',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    dedupeKey: text().notNull(),
    body: bytes('body').notNull(),
    receivedAt: moment('received_at').notNull().defaultNow(),
    processedAt: moment('processed_at'),
    leaseUntil: moment('lease_until'),
    attempts: integer().notNull().default(0),
    /** Why it was set aside, or what the last attempt failed with. */
    problem: text(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('webhooks_once').on(t.tenantId, t.accountId, t.dedupeKey),
    index('webhooks_waiting').on(t.tenantId, t.receivedAt).where(sql`processed_at IS NULL`),
  ],
)

export type Webhook = typeof webhooks.$inferSelect
