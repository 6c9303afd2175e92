import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { failing, nextAt } from '@renmai/platform/work/leased'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { ValueFormat } from '../attributes/attribute.table.ts'

/** The part of the values that a job walks through: what sources state, what people set, what is set aside. */
export type Stage = 'SOURCES' | 'HAND' | 'UNMAPPED'

/** A value that a job could not convert. Its text stays where values are stored. */
export type Sample = { profileId: string; key: string }

/** Work on all values of one field, page by page. The row is the whole state of the job. */
export const attributeJobs = pgTable(
  'attribute_jobs',
  {
    tenantId: tenantId(),
    id: id(),
    fieldId: uuid('field_id').notNull(),
    kind: text({ enum: ['REPORT', 'CONVERT', 'MAP', 'EXPIRE'] }).notNull(),
    /** The format before, and the one that values are converted to; null in jobs that convert nothing. */
    fromFormat: jsonb('from_format').$type<ValueFormat>(),
    toFormat: jsonb('to_format').$type<ValueFormat>(),
    /** Version of the field that the conversion made, or for which the report was written. */
    fieldVersion: integer('field_version').notNull(),
    stage: text().$type<Stage>().notNull(),
    /** The last value that it has finished in its stage, `<key>|<profile>`; null at the beginning. */
    position: text(),
    /** Values that fit, and values that do not; for the other kinds values that were stored or deleted, and values that stay. */
    done: integer().notNull().default(0),
    left: integer('left_over').notNull().default(0),
    samples: jsonb().$type<Sample[]>().notNull().default([]),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
    nextAt: nextAt(),
    ...failing(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('attribute_jobs_due').on(t.tenantId, t.nextAt).where(sql`next_at IS NOT NULL`),
    index('attribute_jobs_parked').on(t.tenantId, t.parkedAt).where(sql`parked_at IS NOT NULL`),
    index('attribute_jobs_field').on(t.tenantId, t.fieldId, t.id),
    index('attribute_jobs_created').on(t.tenantId, t.createdAt, t.id),
    uniqueIndex('attribute_jobs_expire').on(t.tenantId, t.fieldId).where(sql`kind = 'EXPIRE' AND ended_at IS NULL`),
  ],
)

export type AttributeJob = typeof attributeJobs.$inferSelect
