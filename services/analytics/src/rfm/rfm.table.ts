import { createdAt, id, tenantId } from '@renmai/platform/db/columns'
import { bigint, char, date, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

export const rfmRuns = pgTable(
  'rfm_runs',
  {
    tenantId: tenantId(),
    id: id(),
    number: integer().notNull(),
    asOf: date('as_of').notNull(),
    currency: char({ length: 3 }).notNull(),
    scored: integer().notNull(),
    changed: integer().notNull(),
    counts: jsonb().$type<Record<string, number>>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), unique('rfm_runs_number').on(t.tenantId, t.number)],
)

export type RfmRun = typeof rfmRuns.$inferSelect

/** Each customer's score of the latest run. */
export const rfmScores = pgTable(
  'rfm_scores',
  {
    tenantId: tenantId(),
    customerId: uuid('customer_id').notNull(),
    runId: uuid('run_id').notNull(),
    rfmClass: text().notNull(),
    recencyDays: integer().notNull(),
    frequency: integer().notNull(),
    monetaryMinor: bigint({ mode: 'number' }).notNull(),
    recencyScore: integer().notNull(),
    frequencyScore: integer().notNull(),
    monetaryScore: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.customerId] }), index('rfm_scores_run').on(t.tenantId, t.runId)],
)

/** A score with the day and the currency of its run. */
export type RfmScoreRow = typeof rfmScores.$inferSelect & Pick<RfmRun, 'asOf' | 'currency'>
