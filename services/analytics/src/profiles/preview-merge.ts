import { type Counted, countUpTo, cutCount, MOST_COUNTED } from '@renmai/platform/db/count-up-to'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { isId } from '@renmai/platform/serve/ids'
import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { inArray } from 'drizzle-orm'
import { rfmModelScores } from '../rfm/rfm.table.ts'
import { orderFacts } from '../warehouse/warehouse.table.ts'

/** Counts the facts that would count for the survivor, and the scores of both that the next run of their model would replace. */
export const previewMerge = (db: Db) =>
  answer(AnalyticsService.method.previewMerge, ({ tenantId, survivorId, absorbedId, absorbedProfileIds }) =>
    withTenant(db, tenantId, async (tx) => {
      const profileIds = absorbedProfileIds.filter(isId)
      const scored = inArray(rfmModelScores.customerId, [survivorId, absorbedId].filter(isId))
      return {
        changes: [
          { effect: MergeEffect.ORDER_FACTS, ...(await countUpTo(tx, orderFacts, inArray(orderFacts.profileId, profileIds))) },
          { effect: MergeEffect.BEHAVIOUR_FACTS, ...(await countEvents(tx, profileIds)) },
          { effect: MergeEffect.RFM_SCORES_REPLACED, ...(await countUpTo(tx, rfmModelScores, scored)) },
        ],
      }
    }),
  )

/** The warehouse's events are a partitioned table, which drizzle does not describe. */
async function countEvents(tx: Tx, profileIds: readonly string[]): Promise<Counted> {
  const { rows } = await tx.client.query<{ found: number }>(
    `SELECT count(*)::int AS found FROM (
       SELECT 1 FROM events WHERE tenant_id = $1 AND profile_id = ANY($2) LIMIT ${MOST_COUNTED + 1}) counted`,
    [tx.tenantId, profileIds],
  )
  return cutCount(rows[0]!.found)
}
