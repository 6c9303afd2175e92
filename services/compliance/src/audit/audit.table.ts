import { bytes, createdAt, id, moment, tenantId } from '@renmai/platform/db/columns'
import { bigint, index, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'

/** The tenant's chain of actions: each entry's hash covers the one before. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    tenantId: tenantId(),
    seq: bigint({ mode: 'number' }).notNull(),
    action: text().notNull(),
    actorKind: text('actor_kind', { enum: ['STAFF', 'CLIENT', 'SERVICE'] }).notNull(),
    actorId: text('actor_id').notNull(),
    targetId: text('target_id').notNull(),
    inputDigest: bytes('input_digest').notNull(),
    at: moment('at').notNull(),
    hash: bytes('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.seq] }),
    index('audit_entries_time').on(t.tenantId, t.at, t.seq),
    index('audit_entries_action').on(t.tenantId, t.action, t.seq),
    index('audit_entries_actor').on(t.tenantId, t.actorId, t.seq),
    index('audit_entries_target').on(t.tenantId, t.targetId, t.seq),
  ],
)

export type AuditEntry = typeof auditEntries.$inferSelect

export const auditCheckpoints = pgTable(
  'audit_checkpoints',
  {
    tenantId: tenantId(),
    id: id(),
    seq: bigint({ mode: 'number' }).notNull(),
    hash: bytes('hash').notNull(),
    signature: bytes('signature').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('audit_checkpoints_seq').on(t.tenantId, t.seq),
    index('audit_checkpoints_time').on(t.tenantId, t.createdAt, t.seq),
  ],
)

/** Chains with entries that no checkpoint covers yet. */
export const unsealedChains = pgTable('unsealed_chains', { tenantId: tenantId(), nextAt: moment('next_at').notNull() }, (t) => [
  primaryKey({ columns: [t.tenantId] }),
])

export type AuditCheckpoint = typeof auditCheckpoints.$inferSelect
