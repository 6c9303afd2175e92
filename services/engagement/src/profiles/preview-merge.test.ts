import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import { replyOf } from '@renmai/platform/testing/reply-of'
import { EngagementService } from '@renmai/proto/engagement/v1/engagement_service'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { expect, it } from 'vitest'
import { engagementGraph } from '../../test/graph.ts'
import { messages } from '../messages/message.table.ts'
import { previewMerge } from './preview-merge.ts'

const seed = engagementGraph()

async function preview(survivorProfileIds: string[], absorbedProfileIds: string[]) {
  const ids = { tenantId: seed.tenant, survivorId: newId(), absorbedId: newId() }
  const request = { ...ids, survivorProfileIds, absorbedProfileIds }
  const { changes } = await replyOf(EngagementService.method.previewMerge, previewMerge(seed.test.db), request)
  return Object.fromEntries(changes.map(({ effect, count }) => [MergeEffect[effect], count]))
}

it('the preview of a merge counts what the absorbed customer would bring, of the tenant only', async () => {
  const [one, other, third] = [await seed.meet(), await seed.meet(), await seed.meet()]
  await seed.order(one, 1)
  await seed.order(other, 2)
  await seed.order(third, 3)
  for (const profileId of [one, other, other]) await seed.touch(profileId, '2026-03-01T00:00:00Z')
  const message = { channel: 'EMAIL' as const, purpose: 'news', templateId: newId(), templateVersion: 1, variables: {} }
  await seed.inTenant((tx) => insertRows(tx, messages, [{ id: newId(), profileId: third, ...message }]))
  expect(await preview([one], [other, third, 'no id'])).toEqual({
    ORDERS: 2,
    TOUCHPOINTS: 2,
    CONTACTS: 0,
    MESSAGES: 1,
    RECEIVED_MESSAGES: 0,
  })
  seed.tenant = newId()
  expect(await preview([one], [other, third])).toMatchObject({ ORDERS: 0, TOUCHPOINTS: 0, MESSAGES: 0 })
})
