import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

/** Rules of survivor.rules.ts whose order a field can choose. */
const SURVIVORSHIP = ['VERIFIED', 'SOURCE_PRIORITY', 'NEWEST', 'OLDEST', 'MOST_FREQUENT', 'LONGEST'] as const

/** Formats of days.rules.ts. */
const DAY_FORMATS = ['YEAR_MONTH_DAY', 'DAY_MONTH_YEAR', 'MONTH_DAY_YEAR', 'DIGITS'] as const

/** The registry: what a key means and how its values are handled. */
export const attributeFields = pgTable(
  'fields',
  {
    tenantId: tenantId(),
    /** The default is for a replica that does not know the column. */
    id: id().default(sql`uuidv7()`),
    key: text().notNull(),
    label: text().notNull(),
    kind: text('type', { enum: ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'OPTION', 'MONEY', 'PHONE', 'EMAIL', 'REGION'] }).notNull(),
    sensitivity: text({ enum: ['NONE', 'PERSONAL', 'SENSITIVE'] }).notNull(),
    options: text().array().notNull().default([]),
    /** MANY: a value is a JSON list of texts, and a customer has those of all profiles. */
    cardinality: text({ enum: ['ONE', 'MANY'] })
      .notNull()
      .default('ONE'),
    /** Unit of a NUMBER, for people. */
    unit: text(),
    /** Formats of days.rules.ts in which sources write a DATE, beside YYYY-MM-DD. */
    dateFormats: text('date_formats', { enum: DAY_FORMATS }).array().notNull().default([]),
    /** Currency of a MONEY without a code. */
    currency: text(),
    /** How a TEXT is folded: see texts.rules.ts. */
    folding: text({ enum: ['NONE', 'WIDTH', 'WIDTH_AND_CASE', 'NAME'] })
      .notNull()
      .default('NONE'),
    /** Further keys by which sources name the field. */
    aliases: text().array().notNull().default([]),
    /** Prefixes of sources, the best first: see survivor.rules.ts. */
    sourcePriority: text().array().notNull().default([]),
    /** Rules of survivor.rules.ts in the order of the field; rules that are not named follow in their usual order. */
    survivorship: text({ enum: SURVIVORSHIP }).array().notNull().default([]),
    /** Days after which a value is deleted; null when values are kept. */
    retentionDays: integer('retention_days'),
    archivedAt: moment('archived_at'),
    version: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] }), unique('fields_id').on(t.tenantId, t.id)],
)

export type AttributeField = typeof attributeFields.$inferSelect

/** How values of a field are written: what a change of its kind replaces. */
export type ValueFormat = Pick<AttributeField, 'key' | 'kind' | 'options' | 'cardinality' | 'unit' | 'dateFormats' | 'currency' | 'folding'>

/** What sources state: one value per profile and key, the one observed last. Values of personal and of unknown fields are sealed. */
export const attributeValues = pgTable(
  'attribute_values',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    key: text().notNull(),
    value: text(),
    sealed: bytes('sealed'),
    /** What the source wrote, where the clean value differs from it. Always sealed: beside the code of a region stands an address. */
    sealedOriginal: bytes('sealed_original'),
    /** False in rows of earlier releases, which kept here what `unmapped_values` holds. */
    isMapped: boolean('is_mapped').notNull(),
    source: text().notNull(),
    observedAt: moment('observed_at').notNull(),
    /** Whether the source verified it; otherwise it only states it. */
    isVerified: boolean().notNull().default(false),
    /** Decides between values of one moment: see rankOf. Empty in rows of earlier releases. */
    rank: bytes('rank').notNull().default(sql`'\\x'`),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.key] }), index('attribute_values_of_key').on(t.tenantId, t.key, t.profileId)],
)

export type AttributeValue = typeof attributeValues.$inferSelect

/**
 * Values that have no registered field, or do not fit it: per profile and key the one observed last, until it is replayed. They stand
 * beside the values that fit: one that nobody can use does not hide the last one that is good.
 */
export const unmappedValues = pgTable(
  'unmapped_values',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    key: text().notNull(),
    sealed: bytes('sealed').notNull(),
    source: text().notNull(),
    observedAt: moment('observed_at').notNull(),
    isVerified: boolean().notNull().default(false),
    /** Decides between values of one moment: see rankOf. */
    rank: bytes('rank').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.key] }), index('unmapped_values_of_key').on(t.tenantId, t.key, t.profileId)],
)

/**
 * What people set, one value per profile and key beside what sources state. A row of its own table: the key of attribute_values
 * cannot change while the release before upserts by it. A released row keeps its version, which orders what is published: a job that
 * changes the value of a source adds one for it.
 */
export const handValues = pgTable(
  'hand_values',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    key: text().notNull(),
    /** Both are null in a released row. */
    value: text(),
    sealed: bytes('sealed'),
    /** What the person wrote, where the clean value differs from it. */
    sealedOriginal: bytes('sealed_original'),
    source: text().notNull(),
    setAt: moment('set_at').notNull(),
    /** Null while the value holds. */
    releasedAt: moment('released_at'),
    /** Counts the times that it was set and released, and that a job converted or removed what a source states. */
    version: integer().notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.key] }), index('hand_values_of_key').on(t.tenantId, t.key, t.profileId)],
)
