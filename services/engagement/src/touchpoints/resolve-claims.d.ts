import type { Tx } from '@renmai/platform/db'
import type { Worker } from '../context.ts'
import { type Claim } from './claim.ts'
export type Resolution =
  | {
      profileId: string
    }
  | {
      problem: string
    }
/**
 * Finds the profiles of claims: from what is known already, and by asking identity for the others. Never inside a
 * transaction. What identity answers is remembered, as a profile never changes.
 * @returns one resolution per claim, in their order
 * @throws AppError UNAVAILABLE when identity does not answer
 */
export declare function resolveClaims(worker: Worker, tenantId: string, claims: Claim[]): Promise<Resolution[]>
export declare function readProfileKeys(tx: Tx, keys: Buffer[]): Promise<Map<string, string>>
export declare function askIdentity(
  { bus }: Worker,
  tenantId: string,
  asked: {
    claim: Claim
    key: string
  }[],
): Promise<Map<string, Resolution>>
export declare function rememberProfiles(tx: Tx, answers: Map<string, Resolution>): Promise<void>
