import type { Tx } from '@renmai/platform/db/db'
import { problemOf } from '@renmai/platform/work/settle'
import { and, eq, sql } from 'drizzle-orm'
import { type Segment, segments } from './segment.table.ts'

/** A condition that failed so often is not evaluated any more; whoever looks at the segment sees why. */
const MAX_ATTEMPTS = 3
const PAUSE_S = 30

/** Has a segment swept again later, or sets it aside with its problem. */
export async function noteFailure(tx: Tx, { id }: Segment, error: unknown): Promise<void> {
  const isLast = sql`${segments.attempts} + 1 >= ${MAX_ATTEMPTS}`
  await tx
    .update(segments)
    .set({
      attempts: sql`${segments.attempts} + 1`,
      problem: problemOf(error),
      nextAt: sql`CASE WHEN ${isLast} THEN NULL ELSE now() + interval '${sql.raw(String(PAUSE_S))} seconds' * (${segments.attempts} + 1) END`,
      parkedAt: sql`CASE WHEN ${isLast} THEN now() END`,
    })
    .where(and(eq(segments.tenantId, tx.tenantId), eq(segments.id, id)))
}
