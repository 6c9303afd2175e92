import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import { type FragmentDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { readAttribution } from '../attribution/read-attribution.ts'
import { metrics } from './metrics.ts'
import { readKpis } from './read-kpis.ts'
import { selectedMetrics } from './selected-metrics.ts'

const seed = analyticsSeed()

const days = async (from: string, to: string) => (await readKpis(seed.contextOf(), { from, to })).days

describe('the numbers of a day', () => {
  const infoOf = (source: string) => {
    const [operation, ...fragments] = parse(source).definitions
    return { operation, fragments: Object.fromEntries(fragments.map((one) => [(one as FragmentDefinitionNode).name.value, one])) } as never
  }
  const names = (source: string) => selectedMetrics(infoOf(source)).map(({ name }) => name)

  it('are counted when an operation selects them, also in fragments and under aliases', () => {
    expect(names('{ kpis { days { day n: orders ...F } } } fragment F on KpiDay { revenue { amount } }')).toEqual(['orders', 'revenue'])
    expect(names('{ kpis { isComplete } }')).toEqual([])
  })

  it('are absent from the days when they are not counted', async () => {
    const span = { from: '2026-03-01', to: '2026-03-01' }
    expect((await readKpis(seed.contextOf(), span, [])).days).toEqual([{ day: '2026-03-01' }])
    for (const one of metrics) expect((await readKpis(seed.contextOf(), span, [one])).days[0]).toHaveProperty(one.name)
  })
})

describe('new customers', () => {
  const counts = async () => (await days('2026-03-01', '2026-03-04')).map((day) => day.newCustomers)

  it('are those whose first order was paid on the day in the zone, in any currency', async () => {
    const [p, q, c] = [newId(), newId(), newId()]
    await seed.hear(
      seed.link(p, c),
      seed.link(q, c),
      seed.link(newId(), newId()),
      seed.order(p, '2026-03-01T16:00:00Z', 1),
      seed.order(q, '2026-03-01T16:00:00Z', 1, { currency: 'USD' }),
      seed.order(q, '2026-03-03T00:00:00Z', 1),
      seed.order(newId(), '2026-03-03T00:00:00Z'),
    )
    expect(await counts()).toEqual([0, 1, 0, 0])
    await seed.hear(
      seed.order(p, '2026-02-01T00:00:00Z', 1, { isRefundDocument: true }),
      seed.order(p, '2026-03-01T00:00:00Z', 1, { paidAt: undefined }),
    )
    expect(await counts()).toEqual([0, 1, 0, 0])
    await seed.hear(seed.order(q, '2025-01-01T00:00:00Z'))
    expect(await counts()).toEqual([0, 0, 0, 0])
  })

  it('are one after a merge of two, and two again after the unmerge', async () => {
    const [p, q, c, d] = [newId(), newId(), newId(), newId()]
    await seed.hear(seed.link(p, c), seed.link(q, d), seed.order(p, '2026-03-01T01:00:00Z'), seed.order(q, '2026-03-03T01:00:00Z'))
    expect(await counts()).toEqual([1, 0, 1, 0])
    await seed.hear(seed.link(q, c, 2n))
    expect(await counts()).toEqual([1, 0, 0, 0])
    await seed.hear(seed.link(q, d, 3n))
    expect(await counts()).toEqual([1, 0, 1, 0])
  })
})

describe('an event that a source reports', () => {
  const numbers = async () =>
    (await days('2026-03-02', '2026-03-02')).map((day) => [day.touchpoints, day.messagesSent, day.messagesBlocked, day.couponsRedeemed])

  it("is never counted as the platform's own action, whatever its type", async () => {
    const p = newId()
    const types = ['page_view', 'message_sent', 'message_blocked', 'message_click', 'coupon_redeemed']
    await seed.hear(...types.map((type) => seed.touch(p, type, '2026-03-02T01:00:00Z')))
    expect(await numbers()).toEqual([[5, 0, 0, 0]])
    await seed.hear(
      event(MessageSentSchema, seed.tenant, { messageId: newId(), profileId: p, channel: 'EMAIL', at: at('2026-03-02T01:00:00Z') }),
    )
    expect(await numbers()).toEqual([[5, 1, 0, 0]])
  })

  it('is a contact that led to an order, whatever its type', async () => {
    const p = newId()
    await seed.hear(seed.link(p, newId()), seed.touch(p, 'coupon_redeemed', '2026-03-01T00:00:00Z'), seed.order(p, '2026-03-02T00:00:00Z'))
    const span = { from: new Date('2026-03-01'), to: new Date('2026-03-31') }
    const { channels } = await readAttribution(seed.contextOf(), { model: 'LAST_TOUCH', ...span })
    expect(channels.map(({ channel }) => channel)).toEqual(['WEB'])
  })

  it('is recognized by where it came from in rows that an earlier release stored', async () => {
    const sent = newId()
    const rows = [
      [newId(), 'page_view', 'WEB', null],
      [newId(), 'message_sent', 'WEB', sent],
      [newId(), 'message_blocked', 'WEB', null],
      [newId(), 'coupon_redeemed', 'WEB', null],
      [sent, 'message_sent', 'EMAIL', sent],
      [newId(), 'coupon_redeemed', 'COUPON', null],
    ]
    for (const [id, type, channel, referenceId] of rows)
      await seed.test.owner.query(
        "INSERT INTO events (tenant_id, occurred_at, id, type, channel, reference_id) VALUES ($1, '2026-03-02T01:00:00Z', $2, $3, $4, $5)",
        [seed.tenant, id, type, channel, referenceId],
      )
    expect(await numbers()).toEqual([[4, 1, 0, 1]])
  })
})
