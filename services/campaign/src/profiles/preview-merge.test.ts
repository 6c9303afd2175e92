import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { replyOf } from '@renmai/platform/testing/reply-of'
import { key } from '@renmai/platform/testing/viewers'
import { CampaignService } from '@renmai/proto/campaign/v1/campaign_service'
import { SegmentEnteredSchema } from '@renmai/proto/campaign/v1/events'
import { MergeEffect } from '@renmai/proto/identity/v1/merge_preview'
import { describe, expect, it } from 'vitest'
import { campaignSeed, type Person } from '../../test/seed.ts'
import { publishJourney } from '../journeys/publish-journey.ts'
import { previewMerge } from './preview-merge.ts'

const seed = campaignSeed()

async function preview(survivor: Person, absorbed: Person, tenantId = seed.tenant) {
  const { changes } = await replyOf(CampaignService.method.previewMerge, previewMerge(seed.test.db), {
    tenantId,
    survivorId: survivor.customerId,
    absorbedId: absorbed.customerId,
    survivorProfileIds: [survivor.profileId],
    absorbedProfileIds: [absorbed.profileId],
  })
  return Object.fromEntries(changes.map(({ effect, count }) => [MergeEffect[effect], count]))
}

const segment = async () => (await seed.segment({ orders: { minCount: 1 } })).id

/** A journey of one long wait, and the people in it. */
async function journeyOf(...people: Person[]) {
  const segmentId = await segment()
  const nodes = [{ wait: { id: 'pause', wait: 'P9D', next: 'end' } }, { exit: { id: 'end' } }]
  const trigger = { segmentEntered: { segmentId } }
  await publishJourney(seed.contextOf(), { idempotencyKey: key(), name: newId(), trigger, nodes })
  for (const { customerId } of people) await seed.hear(event(SegmentEnteredSchema, seed.tenant, { segmentId, customerId }))
}

const mergedEntries = async () =>
  (await seed.test.owner.query("SELECT 1 FROM journey_entries WHERE tenant_id = $1 AND outcome = 'MERGED'", [seed.tenant])).rowCount

describe('the preview of a merge', () => {
  it('counts coupons, entries and memberships of the absorbed customer, in the tenant only', async () => {
    const [ann, bob] = [await seed.meet(), await seed.meet()]
    const { id: template } = await seed.couponTemplate({ perCustomer: 3 })
    for (const { profileId } of [ann, bob, bob]) await seed.grant(template, profileId)
    const both = await segment()
    await seed.hear(seed.order(ann), seed.order(bob))
    await seed.evaluate()
    expect(await seed.members(both)).toHaveLength(2)
    expect(await preview(ann, bob)).toEqual({
      COUPONS: 2,
      JOURNEY_ENTRIES: 0,
      JOURNEY_ENTRIES_JOINED: 0,
      SEGMENT_MEMBERSHIPS: 1,
      SEGMENTS_EVALUATED: 0,
    })
    expect(Object.values(await preview(ann, bob, newId()))).toEqual([0, 0, 0, 0, 0])
  })

  it('counts the segments of one of the two, whose membership is unknown until it is evaluated', async () => {
    const [ann, bob] = [await seed.meet(), await seed.meet()]
    await segment()
    await seed.hear(seed.order(ann))
    await seed.evaluate()
    expect(await preview(ann, bob)).toMatchObject({ SEGMENT_MEMBERSHIPS: 0, SEGMENTS_EVALUATED: 1 })
    expect(await preview(bob, ann)).toMatchObject({ SEGMENT_MEMBERSHIPS: 1, SEGMENTS_EVALUATED: 1 })
  })

  it('counts the running entries that end by it, as many as the merge then ends', async () => {
    const [ann, bob, cleo] = [await seed.meet(), await seed.meet(), await seed.meet()]
    await journeyOf(ann, bob, cleo)
    await journeyOf(bob, ann)
    await journeyOf(ann)
    await journeyOf(bob)
    expect(await preview(ann, bob)).toMatchObject({ JOURNEY_ENTRIES: 3, JOURNEY_ENTRIES_JOINED: 2 })
    await seed.link(bob.profileId, ann.customerId, 2n)
    expect(await mergedEntries()).toBe(2)
  })
})
