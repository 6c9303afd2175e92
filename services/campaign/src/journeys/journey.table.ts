import { createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import type { Sentences } from '@renmai/platform/db/db'
import { failing } from '@renmai/platform/work/leased'
import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { segments } from '../segments/segment.table.ts'
import type { JourneyNode } from './nodes.ts'
import type { Trigger } from './triggers.ts'

export const journeys = pgTable(
  'journeys',
  {
    tenantId: tenantId(),
    id: id(),
    name: text().notNull(),
    trigger: jsonb().$type<Trigger>().notNull().default(sql`'{"type": "SEGMENT_ENTERED"}'`),
    /** Id of the segment that the trigger names, so that the database holds the reference; null for other triggers. */
    segmentId: uuid('segment_id'),
    nodes: jsonb().$type<JourneyNode[]>().notNull(),
    /** Number of the steps, which never change so far. */
    version: integer().notNull().default(1),
    state: text({ enum: ['RUNNING'] })
      .notNull()
      .default('RUNNING'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('journeys_name').on(t.tenantId, t.name),
    index('journeys_segment').on(t.tenantId, t.segmentId),
    foreignKey({ name: 'journeys_segment_exists', columns: [t.tenantId, t.segmentId], foreignColumns: [segments.tenantId, segments.id] }),
  ],
)

export type Journey = typeof journeys.$inferSelect

/** One row per customer and journey, on the profile by which the customer entered. The row is the whole state. */
export const journeyEntries = pgTable(
  'journey_entries',
  {
    tenantId: tenantId(),
    id: id(),
    journeyId: uuid('journey_id').notNull(),
    profileId: uuid('profile_id').notNull(),
    nodeId: text().notNull(),
    /** When the step is due; null once the journey has ended. */
    dueAt: moment('due_at'),
    outcome: text(),
    /** Id of the step that the entry waits at; null while it does not wait. */
    waitsAt: text(),
    /** Of an entry that ended because of a merge, when its step was due: it goes on when the two are found to be two people. */
    heldDueAt: moment('held_due_at'),
    /** The same for an entry that was parked. */
    heldParkedAt: moment('held_parked_at'),
    ...failing(),
    enteredAt: moment('entered_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('journey_entries_once').on(t.tenantId, t.journeyId, t.profileId),
    index('journey_entries_due').on(t.tenantId, t.dueAt).where(sql`due_at IS NOT NULL`),
    index('journey_entries_parked').on(t.tenantId, t.parkedAt).where(sql`parked_at IS NOT NULL`),
    index('journey_entries_profile').on(t.tenantId, t.profileId),
    foreignKey({
      name: 'journey_entries_journey_exists',
      columns: [t.tenantId, t.journeyId],
      foreignColumns: [journeys.tenantId, journeys.id],
    }),
  ],
)

export type JourneyEntry = typeof journeyEntries.$inferSelect

/** Fields that violate constraints, with messages. */
export const journeySentences: Sentences = {
  journeys_name: ['name', 'A journey of this name exists; choose another name', 'JOURNEY_NAME_TAKEN'],
  journeys_segment_exists: ['trigger', 'There is no such segment', 'SEGMENT_NOT_FOUND'],
}
