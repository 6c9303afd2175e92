import type { Tx } from '@renmai/platform/db/db'
import { desc, eq } from 'drizzle-orm'
import { type AuditCheckpoint, type AuditEntry, auditCheckpoints, auditEntries } from './audit.table.ts'

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
