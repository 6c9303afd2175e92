import { bigint, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { createdAt, id, moment, tenantId } from '../db/columns.ts'
import { leased } from '../work/leased.ts'

/** A snapshot of one tenant that is, or was, published again for one consumer. */
export const resends = pgTable(
  'resends',
  {
    tenantId: tenantId(),
    id: id(),
    snapshot: text().notNull(),
    consumer: text().notNull(),
    /** Only entities that changed at this time or later. */
    since: moment('since'),
    /** Position of the last entity that was published. */
    after: text(),
    /** Events published so far. */
    published: bigint({ mode: 'number' }).notNull().default(0),
    ...leased(),
    createdAt: createdAt(),
    endedAt: moment('ended_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
)

export type Resend = typeof resends.$inferSelect
