import type { AuditCheckpoint, AuditEntry } from './audit.table.ts'
export type Action = Pick<AuditEntry, 'action' | 'actorKind' | 'actorId' | 'targetId' | 'inputDigest' | 'at'>
/** What the first entry links to. */
export declare const GENESIS: Buffer<ArrayBuffer>
/** SHA-256(0x00 | length-prefixed fields | previous hash). The zero keeps an entry from looking like an inner node (RFC 6962). */
export declare function hashEntry(tenantId: string, seq: number, action: Action, previous: Buffer): Buffer
export type Problem = {
  firstBadSeq: number
  problem: 'HASH' | 'GAP' | 'CHECKPOINT'
}
/** Checks a run of entries against the hash before it. Returns the first problem, or the hash to go on from. */
export declare function checkRun(
  tenantId: string,
  entries: AuditEntry[],
  start: {
    seq: number
    hash: Buffer
  },
):
  | Problem
  | {
      seq: number
      hash: Buffer
    }
/** The signed text, in the form of a C2SP checkpoint: origin, size, hash. */
export declare function checkpointBody(tenantId: string, { seq, hash }: Pick<AuditCheckpoint, 'seq' | 'hash'>): Buffer
