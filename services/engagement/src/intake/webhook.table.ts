import { bytes, id, moment, tenantId } from '@renmai/platform/db/columns'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

/** Pushes of platforms, as received but decrypted and sealed again. They are stored before the answer and processed after it. */
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
    ...leased(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('webhooks_once').on(t.tenantId, t.accountId, t.dedupeKey),
    ...leasedIndexes('webhooks', t),
  ],
)

export type Webhook = typeof webhooks.$inferSelect
