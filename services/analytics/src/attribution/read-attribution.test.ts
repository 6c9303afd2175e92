import { newId } from '@renmai/platform/serve/ids'
import { event } from '@renmai/platform/testing/events'
import { MessageBlockedSchema, MessageSentSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { readAttribution, readAttributionPath } from './read-attribution.ts'

const seed = analyticsSeed()

describe('attribution over events', () => {
  it('follows the contacts of all profiles of the customer, and calls an order without any DIRECT', async () => {
    const [p, q, c] = [newId(), newId(), newId()]
    await seed.hear(
      seed.link(p, c),
      seed.link(q, c),
      seed.touch(p, 'page_view', '2026-03-01T00:00:00Z'),
      event(MessageSentSchema, seed.tenant, { messageId: newId(), profileId: p, channel: 'WECOM', at: at('2026-03-02T00:00:00Z') }),
      event(MessageBlockedSchema, seed.tenant, { messageId: newId(), profileId: p, channel: 'EMAIL', at: at('2026-03-03T00:00:00Z') }),
      seed.order(q, '2026-03-04T00:00:00Z', 100.01),
      seed.order(newId(), '2026-03-04T00:00:00Z', 50),
    )
    const span = { from: new Date('2026-03-01'), to: new Date('2026-03-31') }
    const last = await readAttribution(seed.contextOf(), { model: 'LAST_TOUCH', ...span })
    expect(last).toMatchObject({ conversions: 2, revenueMinor: 15_001 })
    expect(last.channels).toEqual([
      { channel: 'WECOM', conversionsMicro: 1_000_000, revenueMinor: 10_001 },
      { channel: 'DIRECT', conversionsMicro: 1_000_000, revenueMinor: 5_000 },
    ])
    const linear = await readAttribution(seed.contextOf(), { model: 'LINEAR', ...span })
    expect(Object.fromEntries(linear.channels.map((one) => [one.channel, one.revenueMinor]))).toEqual({
      WEB: 5_001,
      WECOM: 5_000,
      DIRECT: 5_000,
    })
    await expect(
      readAttribution(seed.contextOf(), { model: 'LINEAR', from: new Date('2020-01-01'), to: new Date('2026-01-01') }),
    ).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('of one order are the last hundred contacts before it, first to last, and within the span that the caller wants', async () => {
    const [p, c, orderId] = [newId(), newId(), newId()]
    const minute = (no: number) => new Date(Date.parse('2026-03-03T00:00:00Z') + no * 60_000).toISOString()
    await seed.hear(
      seed.link(p, c),
      ...Array.from({ length: 102 }, (_, no) => seed.touch(p, `view_${no}`, minute(no))),
      seed.order(p, '2026-03-04T00:00:00Z', 1, { orderId }),
    )
    const typesOf = async (lookback?: string) =>
      (await readAttributionPath(seed.contextOf(), { orderId, lookback })).map(({ type }) => type)
    expect([(await typesOf()).length, (await typesOf()).at(0), (await typesOf()).at(-1)]).toEqual([100, 'view_2', 'view_101'])
    expect((await typesOf('P1D')).at(-1)).toBe('view_101')
    for (const lookback of ['PT1H', 'P366D', 'P0D', 'a day'])
      await expect(typesOf(lookback)).rejects.toMatchObject({ code: 'INVALID', fields: { lookback: expect.any(String) } })
    const path = readAttributionPath(seed.contextOf(newId()), { orderId })
    await expect(path).rejects.toMatchObject({ code: 'NOT_FOUND', fields: { orderId: expect.any(String) } })
  })
})
