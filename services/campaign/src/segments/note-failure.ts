import type { Tx } from '@renmai/platform/db/db'
import { problemOf } from '@renmai/platform/work/settle'
import { and, eq, sql } from 'drizzle-orm'
import { type Segment, segments } from './segment.table.ts'

/** A condition that failed this many times is not evaluated any more; the segment shows why. */
const MAX_ATTEMPTS = 3
const PAUSE_S = 30

/** Schedules another sweep of a segment, or sets the segment aside with its problem. */
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
