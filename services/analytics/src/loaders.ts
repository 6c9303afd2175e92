import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { and, eq, inArray } from 'drizzle-orm'
import { isOwn } from './bulk-operations/bulk-operation.queries.ts'
import { bulkOperations } from './bulk-operations/bulk-operation.table.ts'
import { type RfmScoreRow, rfmRuns, rfmScores } from './rfm/rfm.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

export function createLoaders(ctx: BaseContext) {
  return {
    bulkOperation: rowsById(ctx, bulkOperations, { where: isOwn(ctx.viewer) }),
    rfmRun: rowsById(ctx, rfmRuns),
    rfm: tenantLoader<RfmScoreRow>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ score: rfmScores, asOf: rfmRuns.asOf, currency: rfmRuns.currency })
        .from(rfmScores)
        .innerJoin(rfmRuns, and(eq(rfmRuns.tenantId, rfmScores.tenantId), eq(rfmRuns.id, rfmScores.runId)))
        .where(and(eq(rfmScores.tenantId, tx.tenantId), inArray(rfmScores.customerId, [...ids])))
      return new Map(rows.map(({ score, asOf, currency }) => [score.customerId, { ...score, asOf, currency }]))
    }),
  }
}
