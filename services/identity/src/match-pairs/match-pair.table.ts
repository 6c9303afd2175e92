import { id, moment, tenantId } from '@renmai/platform/db/columns'
import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import type { FieldLevel } from '../matching/compare-records.rules.ts'

/** Profiles that a model takes for one person with some probability, whether or not they are one customer. It holds no values. */
export const matchPairs = pgTable(
  'match_pairs',
  {
    tenantId: tenantId(),
    id: id(),
    /** The lesser id first. */
    profileA: uuid('profile_a').notNull(),
    profileB: uuid('profile_b').notNull(),
    modelVersion: integer('model_version').notNull(),
    probability: doublePrecision().notNull(),
    /** Prior and weights of all fields, in bits. */
    weight: doublePrecision().notNull(),
    levels: jsonb().$type<FieldLevel[]>().notNull(),
    foundAt: moment('found_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('match_pairs_a').on(t.tenantId, t.profileA),
    index('match_pairs_b').on(t.tenantId, t.profileB),
    index('match_pairs_probability').on(t.tenantId, t.probability, t.id),
  ],
)

export type MatchPair = typeof matchPairs.$inferSelect
