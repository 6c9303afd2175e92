import { createdAt, id, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  char,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Cuts } from './rfm.rules.ts'

/** A way to score customers: all parameters of a run but its day. Models stand side by side; the default one gives a customer's class. */
export const rfmModels = pgTable(
  'rfm_models',
  {
    tenantId: tenantId(),
    id: id(),
    /** All parameters in one text, so that the same parameters are the same model. */
    key: text().notNull(),
    windowDays: integer().notNull(),
    method: text({ enum: ['MEAN', 'MEDIAN', 'FIXED', 'QUINTILE'] }).notNull(),
    monetaryBasis: text({ enum: ['SUM', 'AVG'] }).notNull(),
    cuts: jsonb().$type<Cuts>(),
    /** The currency of M. */
    currency: char({ length: 3 }).notNull(),
    /** Whether orders are converted to the currency; otherwise only those in it count. */
    isConverted: boolean().notNull().default(false),
    /** The currency of the orders that are converted; null for all. */
    orderCurrency: char({ length: 3 }),
    /** Null for a model of all shops. */
    shopId: text(),
    zone: text().notNull(),
    isDefault: boolean().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('rfm_models_key').on(t.tenantId, t.key),
    uniqueIndex('rfm_models_default').on(t.tenantId).where(sql`is_default`),
  ],
)

export type RfmModel = typeof rfmModels.$inferSelect

export const rfmRuns = pgTable(
  'rfm_runs',
  {
    tenantId: tenantId(),
    id: id(),
    number: integer().notNull(),
    /** Null for a run of a release that knew no models. */
    modelId: uuid('model_id'),
    asOf: date('as_of').notNull(),
    currency: char({ length: 3 }).notNull(),
    scored: integer().notNull(),
    changed: integer().notNull(),
    counts: jsonb().$type<Record<string, number>>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('rfm_runs_number').on(t.tenantId, t.number),
    index('rfm_runs_as_of').on(t.tenantId, t.asOf, t.number),
    index('rfm_runs_model').on(t.tenantId, t.modelId, t.number),
    foreignKey({ name: 'rfm_runs_model_exists', columns: [t.tenantId, t.modelId], foreignColumns: [rfmModels.tenantId, rfmModels.id] }),
  ],
)

export type RfmRun = typeof rfmRuns.$inferSelect

const scoreColumns = () => ({
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
})

/** Each customer's score of the latest run of the default model. */
export const rfmScores = pgTable('rfm_scores', scoreColumns(), (t) => [
  primaryKey({ columns: [t.tenantId, t.customerId] }),
  index('rfm_scores_run').on(t.tenantId, t.runId),
])

/** Each customer's score of the latest run of each model. */
export const rfmModelScores = pgTable('rfm_model_scores', { ...scoreColumns(), modelId: uuid('model_id').notNull() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.modelId, t.customerId] }),
  index('rfm_model_scores_customer').on(t.tenantId, t.customerId),
])

/** A score with the day and the currency of its run. */
export type RfmScoreRow = typeof rfmScores.$inferSelect & Pick<RfmRun, 'asOf' | 'currency'>

/** Each change of a customer's class in a model. */
export const rfmClassChanges = pgTable(
  'rfm_class_changes',
  {
    tenantId: tenantId(),
    id: id(),
    modelId: uuid('model_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    runId: uuid('run_id').notNull(),
    /** Null when the customer has no class any more. */
    rfmClass: text(),
    /** Null when the customer had none. */
    previousClass: text(),
    asOf: date('as_of').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), index('rfm_class_changes_customer').on(t.tenantId, t.customerId, t.modelId, t.id)],
)

export type RfmClassChange = typeof rfmClassChanges.$inferSelect
