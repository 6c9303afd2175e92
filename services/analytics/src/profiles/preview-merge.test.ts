import { withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { replyOf } from '@renmai/platform/testing/reply-of'
import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { expect, it } from 'vitest'
import { analyticsSeed } from '../../test/seed.ts'
import { rfmModelScores } from '../rfm/rfm.table.ts'
import { previewMerge } from './preview-merge.ts'

const seed = analyticsSeed()

it('the preview of a merge counts facts of the absorbed customer, and scores of both, of the tenant only', async () => {
  const [[p, survivorId], [q, absorbedId]] = [
    [newId(), newId()],
    [newId(), newId()],
  ]
  await seed.hear(seed.link(p, survivorId), seed.link(q, absorbedId))
  for (const profileId of [p, q, q]) await seed.hear(seed.order(profileId, '2026-03-01T00:00:00Z'))
  for (const profileId of [p, p, q]) await seed.hear(seed.touch(profileId, 'page_view', '2026-03-02T00:00:00Z'))
  const score = { modelId: newId(), runId: newId(), rfmClass: 'NEW', recencyDays: 1, frequency: 1, monetaryMinor: 100 }
  const scores = { recencyScore: 1, frequencyScore: 1, monetaryScore: 1 }
  const rows = [survivorId, absorbedId, newId()].map((customerId) => ({ customerId, ...score, ...scores }))
  await withTenant(seed.test.db, seed.tenant, (tx) => insertRows(tx, rfmModelScores, rows))
  const preview = async (tenantId: string) => {
    const request = { tenantId, survivorId, absorbedId, survivorProfileIds: [p], absorbedProfileIds: [q] }
    const { changes } = await replyOf(AnalyticsService.method.previewMerge, previewMerge(seed.test.db), request)
    return Object.fromEntries(changes.map(({ effect, count }) => [MergeEffect[effect], count]))
  }
  expect(await preview(seed.tenant)).toEqual({ ORDER_FACTS: 2, BEHAVIOUR_FACTS: 1, RFM_SCORES_REPLACED: 2 })
  expect(await preview(newId())).toEqual({ ORDER_FACTS: 0, BEHAVIOUR_FACTS: 0, RFM_SCORES_REPLACED: 0 })
})
