import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { at, campaignSeed } from '../../test/seed.ts'

const seed = campaignSeed()

it('counts each touchpoint once, whether its profile and its type have numbers or not', async () => {
  const [known = '', fresh = ''] = [newId(), newId()].sort()
  await hear([known, 'view'])
  await hear([known, 'view'], [fresh, 'view'], [known, 'view'])
  await hear([known, 'search'], [fresh, 'view'])
  const { rows } = await seed.test.owner.query(
    `SELECT p.profile_id AS profile, t.type, d.day::text AS day, d.count FROM behaviour_days d
     JOIN profile_numbers p ON p.no = d.profile_no JOIN type_numbers t ON t.no = d.type_no WHERE d.tenant_id = $1 ORDER BY 1, 2`,
    [seed.tenant],
  )
  const day = '2026-06-03'
  expect(rows).toEqual([
    { profile: known, type: 'search', day, count: 1 },
    { profile: known, type: 'view', day, count: 3 },
    { profile: fresh, type: 'view', day, count: 2 },
  ])
})

const hear = (...touched: (readonly [profileId: string, type: string])[]) =>
  seed.hear(
    event(TouchpointsRecordedSchema, seed.tenant, {
      touchpoints: touched.map(([profileId, type]) => ({ touchpointId: newId(), profileId, type, channel: 'WEB', occurredAt: at(3) })),
    }),
  )
