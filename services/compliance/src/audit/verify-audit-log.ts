import { type KeyObject, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { requireScope } from '@renmai/platform/serve/viewer'
import { and, asc, between, eq, gt } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { lastCheckpoint, lastEntry } from './audit.queries.ts'
import { checkpointBody, checkRun, countUnsealed, GENESIS, type Problem } from './audit.rules.ts'
import { type AuditCheckpoint, type AuditEntry, auditCheckpoints, auditEntries } from './audit.table.ts'

const CHUNK = 5_000

/** Runs on another thread: a chunk may have as many checkpoints as entries, and the send gate runs in this process. */
const verifySignature = promisify(verify)

export type Verification = {
  isValid: boolean
  entries: number
  checkpoints: number
  unsealed: number
  firstBadSeq: number | null
  problem: Problem['problem'] | null
}

/** Verifies the whole chain and every checkpoint, and returns the first entry that does not hold. */
export async function verifyAuditLog({ db, viewer, auditKeys }: Context): Promise<Verification> {
  requireScope(viewer, 'audit:read')
  return withTenant(db, viewer.tenantId, async (tx) => {
    const { entries, checkpoints, problem } = await walk(tx, auditKeys.verifying)
    return {
      isValid: !problem,
      entries,
      checkpoints,
      unsealed: countUnsealed(await lastEntry(tx), await lastCheckpoint(tx)),
      firstBadSeq: problem?.firstBadSeq ?? null,
      problem: problem?.problem ?? null,
    }
  })
}

async function walk(tx: Tx, keys: readonly KeyObject[]): Promise<{ entries: number; checkpoints: number; problem?: Problem }> {
  let at = { seq: 0, hash: GENESIS as Buffer }
  let checkpoints = 0
  for (;;) {
    const entries = await tx
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.tenantId, tx.tenantId), gt(auditEntries.seq, at.seq)))
      .orderBy(asc(auditEntries.seq))
      .limit(CHUNK)
    const result = checkRun(tx.tenantId, entries, at)
    if ('problem' in result) return { entries: at.seq, checkpoints, problem: result }
    const covering = await readCheckpoints(tx, at.seq + 1, result.seq)
    const holds = await Promise.all(covering.map((one) => isGood(tx.tenantId, one, entries, keys)))
    checkpoints += covering.length
    const bad = covering[holds.indexOf(false)]
    if (bad) return { entries: result.seq, checkpoints, problem: { firstBadSeq: bad.seq, problem: 'CHECKPOINT' } }
    at = result
    if (entries.length === CHUNK) continue
    // A checkpoint beyond the end proves that entries were cut off.
    const last = await lastCheckpoint(tx)
    const isCutOff = last !== undefined && last.seq > at.seq
    return { entries: at.seq, checkpoints, ...(isCutOff ? { problem: { firstBadSeq: at.seq + 1, problem: 'GAP' } } : {}) }
  }
}

const readCheckpoints = (tx: Tx, from: number, to: number): Promise<AuditCheckpoint[]> =>
  tx
    .select()
    .from(auditCheckpoints)
    .where(and(eq(auditCheckpoints.tenantId, tx.tenantId), between(auditCheckpoints.seq, from, to)))
    .orderBy(asc(auditCheckpoints.seq))

/** @param entries a run without gaps that holds the checkpoint's entry */
async function isGood(tenantId: string, checkpoint: AuditCheckpoint, entries: AuditEntry[], keys: readonly KeyObject[]): Promise<boolean> {
  if (!entries[checkpoint.seq - entries[0]!.seq]?.hash.equals(checkpoint.hash)) return false
  const body = checkpointBody(tenantId, checkpoint)
  const signed = await Promise.all(keys.map((key) => verifySignature(null, body, key, checkpoint.signature)))
  return signed.includes(true)
}
