import { bytes, createdAt, id, tenantId } from '@renmai/platform/columns'
import { pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

export const channelAccounts = pgTable(
  'channel_accounts',
  {
    tenantId: tenantId(),
    id: id(),
    kind: text({ enum: ['WECOM', 'YOUZAN', 'SMTP', 'EVENT_API'] }).notNull(),
    name: text().notNull(),
    externalId: text().notNull(),
    /** JSON of the kind's credentials, sealed to the account. */
    credentials: bytes('credentials').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('channel_accounts_external').on(t.tenantId, t.kind, t.externalId)],
)

export type ChannelAccount = typeof channelAccounts.$inferSelect
