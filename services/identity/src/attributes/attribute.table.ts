import { bytes, createdAt, moment, tenantId } from '@renmai/platform/db/columns'
import { boolean, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** The registry: what a key means and how its values are handled. */
export const fields = pgTable(
  'fields',
  {
    tenantId: tenantId(),
    key: text().notNull(),
    label: text().notNull(),
    type: text({ enum: ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'OPTION'] }).notNull(),
    sensitivity: text({ enum: ['NONE', 'PERSONAL', 'SENSITIVE'] }).notNull(),
    options: text().array().notNull().default([]),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.key] })],
)

export type Field = typeof fields.$inferSelect

/** One value per profile and key. Values of personal and of unknown fields are sealed. */
export const attributeValues = pgTable(
  'attribute_values',
  {
    tenantId: tenantId(),
    profileId: uuid('profile_id').notNull(),
    key: text().notNull(),
    value: text(),
    sealed: bytes('sealed'),
    /** False when no field is registered for the key: the value is not used until one is. */
    isMapped: boolean('is_mapped').notNull(),
    source: text().notNull(),
    observedAt: moment('observed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.profileId, t.key] })],
)

export type AttributeValue = typeof attributeValues.$inferSelect
