import { bytes, createdAt, id, tenantId } from '@renmai/platform/db/columns'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { ChannelKind } from '../gen/resolvers.ts'

export const channelAccounts = pgTable(
  'channel_accounts',
  {
    tenantId: tenantId(),
    id: id(),
    kind: text().$type<ChannelKind>().notNull(),
    name: text().notNull(),
    externalId: text().notNull(),
    /** JSON of the kind's credentials, sealed to the account. */
    credentials: bytes('credentials').notNull(),
    /** Columns of the queue that sets the platform's callback of the account. */
    ...leased(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('channel_accounts_external').on(t.tenantId, t.kind, t.externalId),
    ...leasedIndexes('channel_accounts', t),
  ],
)

export type ChannelAccount = typeof channelAccounts.$inferSelect
