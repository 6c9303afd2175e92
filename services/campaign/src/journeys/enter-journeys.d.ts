import type { Tx } from '@renmai/platform/db'
import { type Journey } from './journey.table.ts'
/** New members of a segment enter the journeys that start from it. */
export declare const onSegmentEntered: import('@renmai/platform/inbox').Handler
/**
 * Enters customers, each once per journey and for ever: also one who entered as somebody who has since been found to be
 * the same person. Only one batch per journey at a time, so that two cannot enter one person by two profiles.
 */
export declare function enter(tx: Tx, journey: Journey, customerIds: string[], now: Date): Promise<void>
