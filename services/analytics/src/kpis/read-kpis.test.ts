import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { readKpis } from './read-kpis.ts'

const seed = analyticsSeed()

it('the numbers of a day are counted in the zone and add up', async () => {
  const p = newId()
  await seed.hear(
    seed.order(p, '2026-03-01T17:00:00Z', 10),
    seed.order(p, '2026-03-02T01:00:00Z', 20, { refundedMinor: 500n, refundedAt: at('2026-03-03T01:00:00Z') }),
    event(MessageSentSchema, seed.tenant, { messageId: newId(), profileId: p, channel: 'EMAIL', at: at('2026-03-02T01:00:00Z') }),
    event(CouponRedeemedSchema, seed.tenant, { couponId: newId(), profileId: p, orderId: newId(), at: at('2026-03-02T01:00:00Z') }),
  )
  const { days, isComplete } = await readKpis(seed.contextOf(), { from: '2026-03-01', to: '2026-03-03' })
  expect(isComplete).toBe(true)
  expect(days.map((day) => [day.day, day.orders, day.revenue.amount, day.refunded.amount, day.messagesSent, day.couponsRedeemed])).toEqual([
    ['2026-03-01', 0, '0.00', '0.00', 0, 0],
    ['2026-03-02', 2, '30.00', '0.00', 1, 1],
    ['2026-03-03', 0, '0.00', '5.00', 0, 0],
  ])
  await expect(readKpis(seed.contextOf(), { from: '2026-03-03', to: '2026-03-01' })).rejects.toMatchObject({ code: 'INVALID' })
})
