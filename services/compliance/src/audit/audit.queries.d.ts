import type { Tx } from '@renmai/platform/db'
import { type AuditEntry } from './audit.table.ts'
export declare function lastEntry(tx: Tx): Promise<AuditEntry | undefined>
/** Has the chain signed soon, however many entries follow until then. */
export declare function noteUnsealed(tx: Tx): Promise<void>
