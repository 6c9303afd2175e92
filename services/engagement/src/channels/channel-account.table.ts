import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { boolean, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
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
    /** The credentials before a rotation that is not finished, sealed: what they sign is accepted too. */
    previousCredentials: bytes('previous_credentials'),
    /** When the credentials were last replaced. */
    rotatedAt: moment('rotated_at'),
    disabledAt: moment('disabled_at'),
    archivedAt: moment('archived_at'),
    /** To the minute, so that a busy account costs one write a minute. */
    lastReceivedAt: moment('last_received_at'),
    lastSentAt: moment('last_sent_at'),
    /** Why the platform takes no calls of the account: its code, its sentence, and since when; null while it takes them. */
    refusedCode: text(),
    refusedMessage: text(),
    refusedAt: moment('refused_at'),
    /** The account of its kind that sends to customers who are no contact of another one. */
    isDefault: boolean().notNull().default(false),
    /** Columns of the queue that sets the platform's callback of the account. */
    ...leased(),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('channel_accounts_external').on(t.tenantId, t.kind, t.externalId),
    ...leasedIndexes('channel_accounts', t),
  ],
)

export type ChannelAccount = typeof channelAccounts.$inferSelect

/** Fields that violate constraints, with messages. */
export const channelSentences: Sentences = {
  channel_accounts_external: ['externalId', 'This account is connected already', 'CHANNEL_ACCOUNT_CONNECTED_ALREADY'],
}
