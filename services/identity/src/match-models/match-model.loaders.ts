import { type Conditions, equals, isPresent, matching } from '@renmai/platform/db/filters'
import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { eq } from 'drizzle-orm'
import type { MatchModelSamplesArgs, MatchSampleFilter } from '../gen/resolvers.ts'
import { matchJobs, matchModels, matchSamples } from './match-model.table.ts'

const SAMPLES: Conditions<MatchSampleFilter> = { label: equals(matchSamples.label), isLabelled: isPresent(matchSamples.label) }

/** A pair that a person has labelled. */
export type Labelled = { readonly modelId: string; readonly probability: number; readonly label: 'SAME' | 'DIFFERENT' }

/** Loaders of models for resolvers. Each uses one statement, whatever the number of parents. */
export const matchModelLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  matchModel: rowsById(ctx, matchModels),
  matchJob: rowsById(ctx, matchJobs),
  matchSample: rowsById(ctx, matchSamples),
  samplesOf: pagesOf(
    ctx,
    (id) => eq(matchSamples.modelId, id),
    ({ filter }: MatchModelSamplesArgs) => ({
      table: matchSamples,
      by: matchSamples.id,
      orders: { PROBABILITY: matchSamples.probability },
      where: matching(SAMPLES, filter),
    }),
  ),
  labelsOf: tenantLoader<Labelled[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<Labelled>(
      'SELECT model_id AS "modelId", probability, label FROM match_samples WHERE tenant_id = $1 AND model_id = ANY($2) AND label IS NOT NULL',
      [tx.tenantId, ids],
    )
    return Map.groupBy(rows, ({ modelId }) => modelId)
  }),
})
