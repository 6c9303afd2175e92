import type { Tx } from '@renmai/platform/db'
import { desc, eq } from 'drizzle-orm'
import { type AuditEntry, auditEntries } from './audit.table.ts'

export async function lastEntry(tx: Tx): Promise<AuditEntry | undefined> {
  const [entry] = await tx
    .select()
    .from(auditEntries)
    .where(eq(auditEntries.tenantId, tx.tenantId))
    .orderBy(desc(auditEntries.seq))
    .limit(1)
  return entry
}
