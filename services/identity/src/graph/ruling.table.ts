import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { boolean, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/**
 * What people ruled about the identity graph. A ruling holds unless a later one that holds ends it, so that each can be undone at
 * any time, in any order, and so can the undoing.
 */
export const rulings = pgTable(
  'rulings',
  {
    tenantId: tenantId(),
    id: id(),
    /**
     * LINK: the profiles of the sides are one person. CANNOT_LINK: they are not. RETRACTION: a profile does not carry an
     * identifier. BLOCK: an identifier is nobody's. UNDO only ends others.
     */
    kind: text({ enum: ['LINK', 'CANNOT_LINK', 'RETRACTION', 'BLOCK', 'UNDO'] }).notNull(),
    /** Profiles; of a link the one whose customer stays, of a retraction the one that is meant. */
    sideA: uuid('side_a').array().notNull().default([]),
    sideB: uuid('side_b').array().notNull().default([]),
    identifierId: uuid('identifier_id'),
    /** Kind of the identifier, such as phone. */
    namespace: text(),
    /** Earlier rulings that this one ends. */
    ends: uuid().array().notNull().default([]),
    holds: boolean().notNull().default(true),
    /** Rulings of one call, which can be undone together. Null in rows of earlier releases, and for a ruling by itself. */
    batchId: uuid('batch_id'),
    reason: text().notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: moment('decided_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('rulings_side_a').using('gin', t.sideA),
    index('rulings_side_b').using('gin', t.sideB),
    index('rulings_ends').using('gin', t.ends),
    index('rulings_identifier').on(t.tenantId, t.identifierId),
    index('rulings_batch').on(t.tenantId, t.batchId, t.id),
    index('rulings_kind').on(t.tenantId, t.kind, t.id),
  ],
)

export type IdentityRuling = typeof rulings.$inferSelect
