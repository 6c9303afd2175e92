import { type KeyObject, verify } from 'node:crypto'
import { type Tx, withTenant } from '@renmai/platform/db'
import { requireScope } from '@renmai/platform/viewer'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { checkpointBody, checkRun, GENESIS, type Problem } from './audit.rules.ts'
import { type AuditCheckpoint, auditCheckpoints, auditEntries } from './audit.table.ts'

const CHUNK = 5_000

export type Verification = { isValid: boolean; entries: number; checkpoints: number; firstBadSeq: number | null; problem: string | null }

/** Walks the whole chain and every checkpoint, and names the first entry that does not hold. */
export async function verifyAuditLog({ db, viewer, auditKeys }: Context): Promise<Verification> {
  requireScope(viewer, 'audit:read')
  return withTenant(db, viewer.tenantId, async (tx) => {
    const checkpoints = await tx
      .select()
      .from(auditCheckpoints)
      .where(eq(auditCheckpoints.tenantId, tx.tenantId))
      .orderBy(asc(auditCheckpoints.seq))
    const { entries, problem } = await walk(tx, checkpoints, auditKeys.verifying)
    return {
      isValid: !problem,
      entries,
      checkpoints: checkpoints.length,
      firstBadSeq: problem?.firstBadSeq ?? null,
      problem: problem?.problem ?? null,
    }
  })
}

async function walk(tx: Tx, checkpoints: AuditCheckpoint[], keys: readonly KeyObject[]): Promise<{ entries: number; problem?: Problem }> {
  const waiting = [...checkpoints]
  let at = { seq: 0, hash: GENESIS as Buffer }
  for (;;) {
    const entries = await tx
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.tenantId, tx.tenantId), gt(auditEntries.seq, at.seq)))
      .orderBy(asc(auditEntries.seq))
      .limit(CHUNK)
    const result = checkRun(tx.tenantId, entries, at)
    if ('problem' in result) return { entries: at.seq, problem: result }
    for (const checkpoint of waiting.filter((one) => one.seq <= result.seq)) {
      const entry = entries.find((one) => one.seq === checkpoint.seq)
      const isSigned = keys.some((key) => verify(null, checkpointBody(tx.tenantId, checkpoint), key, checkpoint.signature))
      if (!isSigned || !entry?.hash.equals(checkpoint.hash))
        return { entries: result.seq, problem: { firstBadSeq: checkpoint.seq, problem: 'CHECKPOINT' } }
      waiting.splice(waiting.indexOf(checkpoint), 1)
    }
    at = result
    // A checkpoint beyond the end says that entries were cut off.
    if (entries.length < CHUNK)
      return waiting[0] ? { entries: at.seq, problem: { firstBadSeq: at.seq + 1, problem: 'GAP' } } : { entries: at.seq }
  }
}
