import { createdAt, id, tenantId } from '@renmai/platform/db/columns'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { boolean, foreignKey, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { channelAccounts } from '../channels/channel-account.table.ts'

export const liveCodes = pgTable(
  'live_codes',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    name: text().notNull(),
    state: text().notNull(),
    owners: text().array().notNull(),
    tagIds: uuid('tag_ids').array().notNull(),
    welcomeText: text(),
    skipVerify: boolean().notNull(),
    /** The platform's id of the code; null while the platform has not created it. The code cannot be changed without it. */
    configId: text(),
    qrUrl: text(),
    ...leased(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    ...leasedIndexes('live_codes', t),
    unique('live_codes_state').on(t.tenantId, t.accountId, t.state),
    foreignKey({
      name: 'live_codes_account_exists',
      columns: [t.tenantId, t.accountId],
      foreignColumns: [channelAccounts.tenantId, channelAccounts.id],
    }),
  ],
)

export type LiveCode = typeof liveCodes.$inferSelect
