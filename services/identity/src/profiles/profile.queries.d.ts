import type { Tx } from '@renmai/platform/db'
import { type Claim, type Known } from './resolve.rules.ts'
/** Reads all that resolving these claims can touch, in four statements whatever their number. */
export declare function readKnown(tx: Tx, claims: Claim[]): Promise<Known>
