import type { Tx } from '@renmai/platform/db/db'
import { desc, eq, sql } from 'drizzle-orm'
import { type AuditCheckpoint, type AuditEntry, auditCheckpoints, auditEntries, unsealedChains } from './audit.table.ts'

export async function lastEntry(tx: Tx): Promise<AuditEntry | undefined> {
  const [entry] = await tx
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.tenantId, tx.tenantId))
    .orderBy(desc(auditEntries.seq))
    .limit(1)
  return entry
}

export async function lastCheckpoint(tx: Tx): Promise<AuditCheckpoint | undefined> {
  const [checkpoint] = await tx
    .select()
    .from(auditCheckpoints)
    .where(eq(auditCheckpoints.tenantId, tx.tenantId))
    .orderBy(desc(auditCheckpoints.seq))
    .limit(1)
  return checkpoint
}

/** What is cut off the end of a chain before the next checkpoint leaves no trace: a minute, and no more. */
const SEAL_AFTER = "interval '1 minute'"

/** Has the chain signed soon, however many entries follow until then. */
export async function noteUnsealed(tx: Tx): Promise<void> {
  const nextAt = sql`now() + ${sql.raw(SEAL_AFTER)}`
  await tx.insert(unsealedChains).values({ tenantId: tx.tenantId, nextAt }).onConflictDoNothing()
  tx.work.add('unsealed_chains')
}
