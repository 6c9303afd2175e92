import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

/** `RefusalReason` of the graph. */
const REFUSALS = ['DIFFERENT_UNIONIDS', 'SPLIT_BY_A_PERSON', 'CHANGED_HANDS', 'DIFFERENT_NAME_AND_BIRTHDAY', 'SHARED_DEVICE'] as const

export const customers = pgTable(
  'customers',
  {
    tenantId: tenantId(),
    id: id(),
    /** The survivor, while this customer is merged into another; reads by the old id go there. */
    mergedInto: uuid('merged_into'),
    /** Counts the changes of mergedInto; readers of merges keep the highest. */
    version: integer().notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('customers_merged').on(t.tenantId, t.mergedInto),
    index('customers_created').on(t.tenantId, t.createdAt, t.id),
  ],
)

export type Customer = typeof customers.$inferSelect

/** From the id of a customer to the customer that it is part of. */
export const merged = { table: customers, from: customers.id, to: customers.mergedInto }

/** Identifiers that profiles share, and whether they join them. It follows from the identity graph. */
export const evidence = pgTable(
  'evidence',
  {
    tenantId: tenantId(),
    id: id(),
    profileId: uuid('profile_id').notNull(),
    linkedProfileId: uuid('linked_profile_id').notNull(),
    namespace: text().notNull(),
    rule: text({ enum: ['T1_SHARED_IDENTIFIER', 'T2_TWO_IDENTIFIERS', 'T3_ANONYMOUS_DEVICE'] }).notNull(),
    weight: doublePrecision().notNull(),
    state: text({ enum: ['ACTIVE', 'REFUSED'] })
      .notNull()
      .default('ACTIVE'),
    /** Why rules do not join the two; null for active evidence. */
    reason: text({ enum: REFUSALS }),
    foundAt: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('evidence_profile').on(t.tenantId, t.profileId),
    index('evidence_linked').on(t.tenantId, t.linkedProfileId),
  ],
)

export type Evidence = typeof evidence.$inferSelect

/** The merge history: each time that a customer became part of another one, or is no longer. */
export const customerMerges = pgTable(
  'customer_decisions',
  {
    tenantId: tenantId(),
    id: id(),
    kind: text({ enum: ['MERGE', 'UNMERGE'] }).notNull(),
    survivorId: uuid('survivor_id').notNull(),
    absorbedId: uuid('absorbed_id').notNull(),
    /** Profiles that the absorbed customer consisted of. */
    profileIds: uuid('profile_ids').array().notNull(),
    /** Profiles that the survivor consisted of. Null in rows of earlier releases. */
    survivorProfileIds: uuid('survivor_profile_ids').array(),
    /** Identifiers that joined the two. */
    evidence: jsonb().$type<DecidedBy[]>().notNull().default([]),
    /** Version of the rules that decided; null for a person. */
    ruleVersion: integer('rule_version'),
    /** The ruling by which a person decided; null for a rule. */
    rulingId: uuid('ruling_id'),
    /** The merge that an unmerge undoes. */
    undoes: uuid('undoes'),
    reason: text().notNull(),
    decidedBy: text('decided_by').notNull(),
    decidedAt: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('customer_decisions_undoes').on(t.tenantId, t.undoes),
    index('customer_decisions_survivor').on(t.tenantId, t.survivorId),
    index('customer_decisions_absorbed').on(t.tenantId, t.absorbedId),
  ],
)

/** An identifier that joined two profiles, and its weight in bits. */
export type DecidedBy = { profileId: string; linkedProfileId: string; namespace: string; rule: string; weight: number }

export type CustomerMerge = typeof customerMerges.$inferSelect

export const reviewCases = pgTable(
  'review_cases',
  {
    tenantId: tenantId(),
    id: id(),
    customerA: uuid('customer_a').notNull(),
    customerB: uuid('customer_b').notNull(),
    /** The two profiles that share the identifier, the lesser id first. Null in rows of earlier releases. */
    profileA: uuid('profile_a'),
    profileB: uuid('profile_b'),
    /** Why rules leave them to a person, or that a model takes them for one person. */
    reason: text({ enum: [...REFUSALS, 'PROBABLE_MATCH'] }).notNull(),
    /** By the model, for a case of a model; null otherwise. */
    probability: doublePrecision(),
    modelVersion: integer('model_version'),
    /** Member of staff who decides it; null while nobody is assigned. */
    assigneeId: uuid('assignee_id'),
    dueAt: moment('due_at'),
    /** A person decides later: it needs nobody before this time. */
    snoozedUntil: moment('snoozed_until'),
    /** Counts the changes by people. What the graph changes does not raise it. */
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex('review_cases_profiles').on(t.tenantId, t.profileA, t.profileB),
    index('review_cases_profile_b').on(t.tenantId, t.profileB),
    index('review_cases_customer').on(t.tenantId, t.customerA),
    index('review_cases_other').on(t.tenantId, t.customerB),
    index('review_cases_assignee').on(t.tenantId, t.assigneeId, t.id),
    index('review_cases_due').on(t.tenantId, t.dueAt, t.id),
    index('review_cases_created').on(t.tenantId, t.createdAt, t.id),
  ],
)

export type ReviewCase = typeof reviewCases.$inferSelect
