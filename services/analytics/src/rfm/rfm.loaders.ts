import type { Tx } from '@renmai/platform/db/db'
import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { listRfmClassChanges } from './list-rfm-class-changes.ts'
import { type RfmRun, type RfmScoreRow, rfmClassChanges, rfmModelScores, rfmModels, rfmRuns, rfmScores } from './rfm.table.ts'

/** Scores of customers with the day and the currency of their run. */
async function readScores(
  tx: Tx,
  table: typeof rfmScores | typeof rfmModelScores,
  where: SQL | undefined,
): Promise<Map<string, RfmScoreRow>> {
  const rows = await tx
    .select({ score: table, asOf: rfmRuns.asOf, currency: rfmRuns.currency })
    .from(table)
    .innerJoin(rfmRuns, and(eq(rfmRuns.tenantId, table.tenantId), eq(rfmRuns.id, table.runId)))
    .where(and(eq(table.tenantId, tx.tenantId), where))
  return new Map(rows.map(({ score, asOf, currency }) => [score.customerId, { ...score, asOf, currency }]))
}

export const rfmLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => {
  const byModel = new Map<string, ReturnType<typeof tenantLoader<RfmScoreRow>>>()
  const ofModel = (modelId: string) =>
    tenantLoader<RfmScoreRow>(ctx, (tx, ids) =>
      readScores(tx, rfmModelScores, and(eq(rfmModelScores.modelId, modelId), inArray(rfmModelScores.customerId, [...ids]))),
    )
  return {
    rfmRun: rowsById(ctx, rfmRuns),
    rfmModel: rowsById(ctx, rfmModels),
    rfmClassChange: rowsById(ctx, rfmClassChanges),
    /** Scores by the default model. */
    rfm: tenantLoader<RfmScoreRow>(ctx, (tx, ids) => readScores(tx, rfmScores, inArray(rfmScores.customerId, [...ids]))),
    /** Scores by another model. */
    rfmOf: (modelId: string, customerId: string) => {
      const loader = byModel.get(modelId) ?? ofModel(modelId)
      byModel.set(modelId, loader)
      return loader.load(customerId)
    },
    /** The latest run of each model. */
    latestRfmRunOf: tenantLoader<RfmRun>(ctx, async (tx, ids) => {
      const rows = await tx
        .selectDistinctOn([rfmRuns.modelId])
        .from(rfmRuns)
        .where(and(eq(rfmRuns.tenantId, tx.tenantId), inArray(rfmRuns.modelId, [...ids])))
        .orderBy(rfmRuns.modelId, sql`${rfmRuns.number} DESC`)
      return new Map(rows.map((row) => [row.modelId!, row]))
    }),
    rfmChangesOf: pagesOf(ctx, (customerId) => sql`${rfmClassChanges.customerId} = ${customerId}`, listRfmClassChanges),
  }
}
