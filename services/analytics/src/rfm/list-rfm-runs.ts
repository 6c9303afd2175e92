import { before, type Conditions, from, isIdOf, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import { eq, isNull } from 'drizzle-orm'
import type { RfmRunFilter } from '../gen/resolvers.ts'
import { rfmRuns } from './rfm.table.ts'

const CONDITIONS: Conditions<RfmRunFilter> = {
  modelId: isIdOf(rfmRuns.modelId),
  asOfFrom: from(rfmRuns.asOf),
  asOfBefore: before(rfmRuns.asOf),
}

/** The runs that a filter leaves, newest first. */
export const listRfmRuns = ({ filter }: { filter?: RfmRunFilter | null | undefined }): Listed<typeof rfmRuns> => ({
  table: rfmRuns,
  by: rfmRuns.number,
  order: 'desc',
  orders: { NUMBER: rfmRuns.number, AS_OF: rfmRuns.asOf },
  where: matching(CONDITIONS, filter),
})

/** Runs of a model, newest first; those from the time before models existed without one. */
export const runsOfModel = (modelId: string | undefined): Listed<typeof rfmRuns> => ({
  table: rfmRuns,
  by: rfmRuns.number,
  order: 'desc',
  where: modelId ? eq(rfmRuns.modelId, modelId) : isNull(rfmRuns.modelId),
})
