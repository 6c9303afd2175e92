import type { Context } from '../context.ts'
export type Verification = {
  isValid: boolean
  entries: number
  checkpoints: number
  firstBadSeq: number | null
  problem: string | null
}
/** Walks the whole chain and every checkpoint, and names the first entry that does not hold. */
export declare function verifyAuditLog({ db, viewer, auditKeys }: Context): Promise<Verification>
