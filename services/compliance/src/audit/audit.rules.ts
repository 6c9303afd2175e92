/**
 * The audit chain. Each entry's hash covers its own content and the hash before it, so that changing, removing or
 * inserting one breaks every later link; a signed checkpoint keeps the whole chain from being rewritten.
 */
import { createHash } from 'node:crypto'
import type { AuditCheckpoint, AuditEntry } from './audit.table.ts'

export type Action = Pick<AuditEntry, 'action' | 'actorKind' | 'actorId' | 'targetId' | 'inputDigest' | 'at'>

/** Hash that the first entry links to. */
export const GENESIS = Buffer.alloc(32)

/** SHA-256(0x00 | length-prefixed fields | previous hash). The zero keeps an entry from looking like an inner node (RFC 6962). */
export function hashEntry(tenantId: string, seq: number, action: Action, previous: Buffer): Buffer {
  const hash = createHash('sha256').update(Buffer.of(0))
  const fields = [
    tenantId,
    String(seq),
    action.action,
    action.actorKind,
    action.actorId,
    action.targetId,
    action.inputDigest.toString('hex'),
    action.at.toISOString(),
  ]
  for (const field of fields) {
    const bytes = Buffer.from(field)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  return hash.update(previous).digest()
}

export type Problem = { firstBadSeq: number; problem: 'HASH' | 'GAP' | 'CHECKPOINT' }

/** Checks a run of entries against the hash before it. Returns the first problem, or the hash to continue from. */
export function checkRun(
  tenantId: string,
  entries: AuditEntry[],
  start: { seq: number; hash: Buffer },
): Problem | { seq: number; hash: Buffer } {
  let { seq, hash } = start
  for (const entry of entries) {
    if (entry.seq !== seq + 1) return { firstBadSeq: seq + 1, problem: 'GAP' }
    if (!hashEntry(tenantId, entry.seq, entry, hash).equals(entry.hash)) return { firstBadSeq: entry.seq, problem: 'HASH' }
    ;({ seq, hash } = entry)
  }
  return { seq, hash }
}

/** Number of entries that no checkpoint covers. Nothing would prove that these were cut off. */
export function countUnsealed(lastEntry: { seq: number } | undefined, lastCheckpoint: { seq: number } | undefined): number {
  return Math.max(0, (lastEntry?.seq ?? 0) - (lastCheckpoint?.seq ?? 0))
}

/** The signed text, in the form of a C2SP checkpoint: origin, size, hash. */
export function checkpointBody(tenantId: string, { seq, hash }: Pick<AuditCheckpoint, 'seq' | 'hash'>): Buffer {
  return Buffer.from(`renmai/audit/${tenantId}\n${seq}\n${hash.toString('base64')}\n`)
}
