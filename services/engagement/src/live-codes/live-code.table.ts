import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { channelAccounts } from '../channels/channel-account.table.ts'

export const liveCodes = pgTable(
  'live_codes',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    name: text().notNull(),
    /** The text that the platform returns with each scan; WeCom's name for it is state. */
    reference: text('state').notNull(),
    owners: text().array().notNull(),
    tagIds: uuid('tag_ids').array().notNull(),
    welcomeText: text(),
    skipVerify: boolean().notNull(),
    /** The platform's id of the code; null while the platform has none. The code cannot be changed without it. */
    configId: text(),
    qrUrl: text(),
    /** Columns of the queue that brings the platform's code to the wanted version. */
    ...leased(),
    archivedAt: moment('archived_at'),
    /** The wanted version: each change by a caller increases it. */
    version: integer().notNull().default(1),
    /** The version that the platform has; 0 before it has one. */
    provisionedVersion: integer().notNull().default(0),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    ...leasedIndexes('live_codes', t),
    index('live_codes_name').on(t.tenantId, t.name, t.id),
    unique('live_codes_state').on(t.tenantId, t.accountId, t.reference),
    foreignKey({
      name: 'live_codes_account_exists',
      columns: [t.tenantId, t.accountId],
      foreignColumns: [channelAccounts.tenantId, channelAccounts.id],
    }),
  ],
)

export type LiveCode = typeof liveCodes.$inferSelect

/** Fields that violate constraints, with messages. */
export const liveCodeSentences: Sentences = {
  live_codes_account_exists: ['accountId', 'There is no such channel account', 'CHANNEL_ACCOUNT_NOT_FOUND'],
}
