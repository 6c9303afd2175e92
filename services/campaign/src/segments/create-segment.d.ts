import type { Context } from '../context.ts'
import { type Segment } from './segment.table.ts'
/** Creates a segment. Its members are computed by a worker, whose first look at all customers follows at once. */
export declare function createSegment(
  ctx: Context,
  raw: {
    idempotencyKey: string
    name: string
    definition: unknown
  },
): Promise<Segment>
