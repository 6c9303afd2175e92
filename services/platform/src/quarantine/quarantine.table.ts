import { boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, createdAt, id, moment, tenantId } from '../db/columns.ts'
import { failing } from '../work/leased.ts'

/** `QuarantineKind` of the SDL. */
const QUARANTINE_KINDS = ['EVENT', 'PUSH', 'ORDER', 'FILE_ROW', 'CLAIM', 'VALUE', 'WORK'] as const
const QUARANTINE_STATES = ['WAITING', 'REPLAYED', 'CORRECTED', 'DISCARDED'] as const
const ACTIONS = ['CORRECTED', 'REPLAYED', 'DISCARDED', 'REVEALED'] as const

/**
 * Everything that was accepted and could not be processed. Triggers insert, close and reopen the rows: see
 * watch-origins.ts. The original stays in the table that it stands in. Its migration is one of the platform.
 */
export const quarantinedItems = pgTable('quarantined_items', {
  tenantId: tenantId(),
  id: id(),
  kind: text({ enum: QUARANTINE_KINDS }).notNull(),
  /** Table of the row that could not be processed, and its key there as text. */
  originTable: text().notNull(),
  origin: text().notNull(),
  source: text().notNull(),
  subject: text(),
  reason: text().notNull(),
  detail: text(),
  state: text({ enum: QUARANTINE_STATES }).notNull().default('WAITING'),
  /** How many times the item was set aside. */
  tries: integer().notNull().default(1),
  version: integer().notNull().default(1),
  waitingSince: moment('waiting_since').notNull().defaultNow(),
  /** The original as it first arrived, in the form of its table; null while it is not corrected. */
  firstOriginal: bytes('first_original'),
  correctedAt: moment('corrected_at'),
  /** Who requested the replay that runs. */
  requestedBy: text(),
  replayId: uuid(),
  /** Set from the request of a replay until its result is known. */
  replayingSince: moment('replaying_since'),
  decidedBy: text(),
  decidedAt: moment('decided_at'),
  /** When the replay is due; null while none is requested. */
  nextAt: moment('next_at'),
  attemptId: uuid(),
  ...failing(),
  createdAt: createdAt(),
})

export type QuarantinedItem = typeof quarantinedItems.$inferSelect

/** Replays of several items. Its items carry its id, and their states are its progress. */
export const quarantineReplays = pgTable('quarantine_replays', {
  tenantId: tenantId(),
  id: id(),
  total: integer().notNull(),
  isPartial: boolean().notNull(),
  requestedBy: text().notNull(),
  createdAt: createdAt(),
})

export type QuarantineReplay = typeof quarantineReplays.$inferSelect

/** What people did with an item. */
export const quarantineActions = pgTable('quarantine_actions', {
  tenantId: tenantId(),
  id: id(),
  itemId: uuid().notNull(),
  action: text({ enum: ACTIONS }).notNull(),
  actor: text().notNull(),
  reason: text(),
  createdAt: createdAt(),
})

export type QuarantineAction = typeof quarantineActions.$inferSelect
