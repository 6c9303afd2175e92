import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { doublePrecision, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const customers = pgTable(
  'customers',
  {
    tenantId: tenantId(),
    id: id(),
    /** The survivor, while this customer is merged into another; reads by the old id go there. */
    mergedInto: uuid('merged_into'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('customers_merged').on(t.tenantId, t.mergedInto)],
)

export type Customer = typeof customers.$inferSelect

/** Reasons to treat two profiles as one person. These facts never change. */
export const evidence = pgTable(
  'evidence',
  {
    tenantId: tenantId(),
    id: id(),
    profileId: uuid('profile_id').notNull(),
    linkedProfileId: uuid('linked_profile_id').notNull(),
    namespace: text().notNull(),
    rule: text().notNull(),
    weight: doublePrecision().notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('evidence_once').on(t.tenantId, t.profileId, t.linkedProfileId, t.namespace),
    index('evidence_linked').on(t.tenantId, t.linkedProfileId),
  ],
)

/** Log of merges and unmerges. An unmerge also forbids rules to join the two again. */
export const customerDecisions = pgTable(
  'customer_decisions',
  {
    tenantId: tenantId(),
    id: id(),
    kind: text({ enum: ['MERGE', 'UNMERGE'] }).notNull(),
    survivorId: uuid('survivor_id').notNull(),
    absorbedId: uuid('absorbed_id').notNull(),
    /** Profiles that changed their customer; an unmerge moves these back. */
    profileIds: uuid('profile_ids').array().notNull(),
    /** The merge that an unmerge undoes. */
    undoes: uuid('undoes'),
    reason: text().notNull(),
    decidedBy: text('decided_by').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('customer_decisions_undone_once').on(t.tenantId, t.undoes),
    index('customer_decisions_survivor').on(t.tenantId, t.survivorId),
    index('customer_decisions_absorbed').on(t.tenantId, t.absorbedId),
  ],
)

export type CustomerDecision = typeof customerDecisions.$inferSelect

export const reviewCases = pgTable(
  'review_cases',
  {
    tenantId: tenantId(),
    id: id(),
    customerA: uuid('customer_a').notNull(),
    customerB: uuid('customer_b').notNull(),
    reason: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('review_cases_pair').on(t.tenantId, t.customerA, t.customerB)],
)

export type ReviewCase = typeof reviewCases.$inferSelect
