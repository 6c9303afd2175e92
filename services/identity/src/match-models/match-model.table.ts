import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { FieldLevel } from '../matching/compare-records.rules.ts'
import type { Quality } from '../matching/measure-quality.rules.ts'

export type MatchModelState = 'PROPOSED' | 'ACTIVE' | 'RETIRED'

/** Pairs of a band of probabilities among which some were drawn for people to label. */
export type Band = { readonly from: number; readonly to: number; readonly pairs: number; readonly expected: number }

/** Models that were estimated from the profiles of a tenant. */
export const matchModels = pgTable(
  'match_models',
  {
    tenantId: tenantId(),
    id: id(),
    /** Counts the models of the tenant from 1. */
    number: integer().notNull(),
    state: text().$type<MatchModelState>().notNull().default('PROPOSED'),
    /** The model as JSON. It is sealed, since it holds the frequent values of each field. */
    sealed: bytes('sealed').notNull(),
    /** Probabilities from which a pair is proposed, and from which it may be joined. */
    lower: doublePrecision().notNull(),
    upper: doublePrecision().notNull(),
    /** Profiles from which it was estimated, and pairs of them that were compared. */
    profiles: integer().notNull(),
    pairs: integer().notNull(),
    /** What the model expects of itself. */
    quality: jsonb().$type<Quality>().notNull(),
    bands: jsonb().$type<Band[]>().notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    activatedAt: moment('activated_at'),
    retiredAt: moment('retired_at'),
    version: integer().notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('match_models_number').on(t.tenantId, t.number),
    uniqueIndex('match_models_active').on(t.tenantId).where(sql`state = 'ACTIVE'`),
    index('match_models_created').on(t.tenantId, t.createdAt, t.id),
  ],
)

export type MatchModel = typeof matchModels.$inferSelect

/** Pairs that were drawn by chance, for people to label. */
export const matchSamples = pgTable(
  'match_samples',
  {
    tenantId: tenantId(),
    id: id(),
    modelId: uuid('model_id').notNull(),
    profileA: uuid('profile_a').notNull(),
    profileB: uuid('profile_b').notNull(),
    probability: doublePrecision().notNull(),
    levels: jsonb().$type<FieldLevel[]>().notNull(),
    label: text({ enum: ['SAME', 'DIFFERENT'] }),
    labelledBy: text('labelled_by'),
    labelledAt: moment('labelled_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('match_samples_model').on(t.tenantId, t.modelId, t.id),
    index('match_samples_probability').on(t.tenantId, t.probability, t.id),
  ],
)

export type MatchSample = typeof matchSamples.$inferSelect

export type MatchJobState = 'WAITING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED'

/** Work on all profiles of a tenant, page by page. */
export const matchJobs = pgTable(
  'match_jobs',
  {
    tenantId: tenantId(),
    id: id(),
    kind: text({ enum: ['TRAIN', 'PROPOSE', 'REGROUP'] }).notNull(),
    state: text().$type<MatchJobState>().notNull().default('WAITING'),
    /** The model that it made, or by which it proposes. */
    modelId: uuid('model_id'),
    /** The profile after which the next page begins; null at the beginning. */
    after: uuid('after_id'),
    /** When all profiles are in the queue. */
    queuedAt: moment('queued_at'),
    /** Profiles at the beginning, those that were put into the queue, and those that it has finished. */
    total: integer().notNull().default(0),
    queued: integer().notNull().default(0),
    done: integer().notNull().default(0),
    /** Whether a regrouping only counts, and how many merges and splits it made or would make. */
    isDryRun: boolean('is_dry_run').notNull().default(false),
    merged: integer().notNull().default(0),
    split: integer().notNull().default(0),
    errorCode: text('error_code'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    endedAt: moment('ended_at'),
    /** Current attempt; a worker that was too slow has an older one and writes nothing. */
    attemptId: uuid('attempt_id'),
    failures: integer().notNull().default(0),
    nextAt: moment('next_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('match_jobs_due').on(t.tenantId, t.nextAt).where(sql`state IN ('WAITING', 'RUNNING')`),
    uniqueIndex('match_jobs_unfinished').on(t.tenantId).where(sql`state IN ('WAITING', 'RUNNING')`),
    index('match_jobs_created').on(t.tenantId, t.createdAt, t.id),
  ],
)

export type MatchJob = typeof matchJobs.$inferSelect
