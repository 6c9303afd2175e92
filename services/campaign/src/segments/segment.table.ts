import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { failing, leasedIndexes, nextAt } from '@renmai/platform/work/leased'
import { boolean, foreignKey, index, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { Clause } from './clauses.ts'

export const segments = pgTable(
  'segments',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    definition: jsonb().$type<Clause>().notNull(),
    /** Whether time alone can change which customers match. */
    usesClock: boolean().notNull(),
    /** When all customers were last evaluated; null before the first time. */
    sweptAt: moment('swept_at'),
    /** When all customers are evaluated next; null where time alone changes nothing. */
    nextAt: nextAt(),
    ...failing(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('segments_name').on(t.tenantId, t.name), ...leasedIndexes('segments', t)],
)

export type Segment = typeof segments.$inferSelect

export const segmentMembers = pgTable(
  'segment_members',
  {
    tenantId: tenantId(),
    segmentId: uuid('segment_id').notNull(),
    customerId: uuid('customer_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.segmentId, t.customerId] }),
    index('segment_members_customer').on(t.tenantId, t.customerId),
    foreignKey({
      name: 'segment_members_segment_exists',
      columns: [t.tenantId, t.segmentId],
      foreignColumns: [segments.tenantId, segments.id],
    }),
  ],
)

/** Fields that violate constraints, with messages. */
export const segmentSentences: Sentences = {
  segments_name: ['name', 'A segment of this name exists; choose another name', 'SEGMENT_NAME_TAKEN'],
}
