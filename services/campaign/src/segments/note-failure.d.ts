import type { Tx } from '@renmai/platform/db'
import { type Segment } from './segment.table.ts'
/** Has a segment swept again later, or sets it aside with its problem. */
export declare function noteFailure(tx: Tx, { id }: Segment, error: unknown): Promise<void>
