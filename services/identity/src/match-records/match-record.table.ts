import { bytes, id, tenantId } from '@renmai/platform/db/columns'
import { leased, leasedIndexes } from '@renmai/platform/work/leased'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

/** How a tenant matches. Profiles of a tenant without a row are not compared, and cost nothing. */
export const matchSettings = pgTable(
  'match_settings',
  {
    tenantId: tenantId(),
    /** Whether pairs that the model is sure of are joined without a person. */
    joinsByModel: boolean('joins_by_model').notNull().default(false),
    /** Cases by the model that are open at one time. What is beyond them waits. */
    maxOpenCases: integer('max_open_cases').notNull().default(5_000),
    version: integer().notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.tenantId] })],
)

export type MatchSettings = typeof matchSettings.$inferSelect

/** What of each profile is compared, sealed; and the queue of profiles that have changed. The id is the profile's. */
export const matchRecords = pgTable(
  'match_records',
  {
    tenantId: tenantId(),
    id: id(),
    /** Keyed hash of what the last claim states that is compared: a claim that repeats it is no change. */
    stated: bytes('stated'),
    /** The values in the order of COLUMNS, as JSON. Null until they are read for the first time. */
    sealed: bytes('sealed'),
    /** Version of the model by which it was last compared; null before. */
    modelVersion: integer('model_version'),
    /** The job that waits for it. Such a profile is only proposed, never joined. */
    jobId: uuid('job_id'),
    ...leased(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    ...leasedIndexes('match_records', t),
    index('match_records_job').on(t.tenantId, t.jobId).where(sql`job_id IS NOT NULL`),
  ],
)

export type MatchRecord = typeof matchRecords.$inferSelect

/** Keyed hashes of what profiles are found by: see blocking-keys.rules.ts. */
export const matchKeys = pgTable(
  'match_keys',
  { tenantId: tenantId(), key: bytes('key').notNull(), profileId: uuid('profile_id').notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.key, t.profileId] }), index('match_keys_profile').on(t.tenantId, t.profileId)],
)
