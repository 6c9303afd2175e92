import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { sql } from 'drizzle-orm'
import { integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/** Tasks of members of staff: each to send one text to some of their contacts, which they confirm on the platform. */
export const staffTasks = pgTable(
  'staff_tasks',
  {
    tenantId: tenantId(),
    id: id(),
    accountId: uuid('account_id').notNull(),
    staffUserId: text().notNull(),
    /**
     * OPEN takes more messages of the same content; READY waits to be created on the platform; CREATING is committed before the call,
     * so that a task of a worker that died is never created again; WAITING waits for the member.
     */
    state: text({ enum: ['OPEN', 'READY', 'CREATING', 'WAITING', 'ENDED'] })
      .notNull()
      .default('OPEN'),
    /** Keyed hash of the account, the member and the text. */
    contentKey: bytes('content_key').notNull(),
    /** The text, sealed; null once the task was created or ended. */
    body: bytes('body'),
    /** Number of messages in the task. */
    size: integer().notNull(),
    /** The platform's id of the task; null before it has one. */
    externalId: text(),
    /** When the task ends without the member's confirmation; null before it was created. */
    expiresAt: moment('expires_at'),
    ...leased(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('staff_tasks_open').on(t.tenantId, t.contentKey).where(sql`state = 'OPEN'`),
    ...leasedIndexes('staff_tasks', t),
  ],
)

export type StaffTask = typeof staffTasks.$inferSelect
