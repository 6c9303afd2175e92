import type { Context } from '../context.ts'
/**
 * Up to when everything that was told is counted: the present when no consumer has anything waiting, else the time of
 * the event that the slowest of them handled last; null when one that is behind has handled nothing of this tenant.
 */
export declare function readWatermark(ctx: Context): Promise<{
  watermark: Date | null
  isComplete: boolean
}>
