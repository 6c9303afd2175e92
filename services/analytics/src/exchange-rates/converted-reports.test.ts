import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { RefundState } from '@renmai/proto/engagement/v1/events'
import { beforeEach, describe, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import { readAttribution } from '../attribution/read-attribution.ts'
import { readKpis } from '../kpis/read-kpis.ts'
import { computeRfm } from '../rfm/compute-rfm.ts'
import { monetaryIn } from '../rfm/monetary-in.ts'
import type { RfmScoreRow } from '../rfm/rfm.table.ts'
import { setExchangeRates } from './set-exchange-rates.ts'

const seed = analyticsSeed()

const rate = (base: string, day: string, value: string) => ({ base, quote: 'CNY', day, rate: value })
const set = (...rates: ReturnType<typeof rate>[]) => setExchangeRates(seed.contextOf(), { idempotencyKey: key(), source: 'bank', rates })
const missing = (currency: string, day: string) => ({
  code: 'INSUFFICIENT_DATA',
  details: { reason: 'EXCHANGE_RATE_MISSING', parameters: { currency, day } },
})

beforeEach(() => set(rate('USD', '2026-03-01', '7'), rate('USD', '2026-03-03', '8'), rate('JPY', '2026-03-01', '0.05')))

describe('KPIs', () => {
  const days = async (change: object = {}) =>
    (await readKpis(seed.contextOf(), { from: '2026-03-01', to: '2026-03-03', in: 'CNY', ...change })).days.map((day) => [
      day.orders,
      day.revenue.amount,
      day.refunded.amount,
      day.netRevenue.amount,
    ])

  it('of all currencies are converted by the rate of each day, refunds by that of their own', async () => {
    const refunds = [{ refundNo: 'r', state: RefundState.SUCCEEDED, amountMinor: 100n, at: at('2026-03-03T01:00:00Z') }]
    await seed.hear(
      seed.order(newId(), '2026-03-01T01:00:00Z', 10),
      seed.order(newId(), '2026-03-01T01:00:00Z', 2, { currency: 'USD', refunds, refundedMinor: 100n }),
      seed.order(newId(), '2026-03-02T01:00:00Z', 10, { currency: 'JPY' }),
    )
    expect(await days()).toEqual([
      [2, '24.00', '0.00', '24.00'],
      [1, '50.00', '0.00', '50.00'],
      [0, '0.00', '8.00', '-8.00'],
    ])
    expect(await days({ currency: 'USD' })).toEqual([
      [1, '14.00', '0.00', '14.00'],
      [0, '0.00', '0.00', '0.00'],
      [0, '0.00', '8.00', '-8.00'],
    ])
    expect((await days({ in: 'USD' })).map(([, revenue]) => revenue)).toEqual(['3.43', '7.14', '0.00'])
  })

  it('state their currency in any case', async () => {
    const currencyOf = async (change: object) =>
      (await readKpis(seed.contextOf(), { from: '2026-03-01', to: '2026-03-01', ...change })).currency
    expect([await currencyOf({}), await currencyOf({ currency: 'USD' }), await currencyOf({ in: 'JPY' })]).toEqual(['CNY', 'USD', 'JPY'])
  })

  it('without a rate fail with its currency and day, and only where an amount needs it', async () => {
    await seed.hear(seed.order(newId(), '2026-03-02T01:00:00Z', 10, { currency: 'EUR' }))
    await expect(days()).rejects.toMatchObject(missing('EUR', '2026-03-02'))
    expect(await days({ to: '2026-03-01' })).toEqual([[0, '0.00', '0.00', '0.00']])
    await expect(days({ in: 'XXY' })).rejects.toMatchObject({ code: 'INVALID', fields: { in: expect.any(String) } })
  })
})

describe('attribution', () => {
  const report = (change: object = {}) =>
    readAttribution(seed.contextOf(), { model: 'LINEAR', from: new Date('2026-03-01'), to: new Date('2026-03-31'), in: 'CNY', ...change })

  it('converts each order by the day on which it was paid, and its channels add up to the total', async () => {
    const [p, c] = [newId(), newId()]
    await seed.hear(
      seed.link(p, c),
      seed.touch(p, 'page_view', '2026-03-01T00:00:00Z'),
      seed.order(p, '2026-03-02T01:00:00Z', 0.01, { currency: 'USD' }),
      seed.order(newId(), '2026-03-02T20:00:00Z', 0.01, { currency: 'USD' }),
      seed.order(newId(), '2026-03-02T01:00:00Z', 1),
    )
    expect(await report()).toEqual({
      conversions: 3,
      currency: 'CNY',
      revenueMinor: 115n,
      channels: [
        { channel: 'DIRECT', conversionsMicro: 2_000_000, revenueMinor: 108n },
        { channel: 'WEB', conversionsMicro: 1_000_000, revenueMinor: 7n },
      ],
    })
    const inYen = await report({ in: 'JPY' })
    expect([inYen.revenueMinor, inYen.channels.map(({ revenueMinor }) => revenueMinor)]).toEqual([23n, [22n, 1n]])
    expect(await report({ currency: 'USD' })).toMatchObject({ conversions: 2, revenueMinor: 15n })
    expect(await report({ in: undefined })).toMatchObject({ conversions: 1, revenueMinor: 100, currency: 'CNY' })
  })

  it('without a rate fails with its currency and day; without orders it is nothing', async () => {
    expect(await report()).toEqual({ conversions: 0, currency: 'CNY', revenueMinor: 0, channels: [] })
    await seed.hear(seed.order(newId(), '2026-03-20T20:00:00Z', 1, { currency: 'USD' }))
    await expect(report()).rejects.toMatchObject(missing('USD', '2026-03-21'))
  })
})

describe('RFM', () => {
  const cuts = { recency: 'P30D', frequency: 1, monetary: { amount: '10', currency: 'CNY' } }
  const run = async (change: object = {}) => {
    const input = { idempotencyKey: key(), asOf: '2026-03-04', method: 'FIXED' as const, cuts, in: 'CNY', ...change }
    const { id } = await computeRfm(seed.contextOf(), input)
    const { rows } = await seed.test.owner.query<{ minor: string }>(
      'SELECT frequency, monetary_minor::int AS minor FROM rfm_model_scores WHERE tenant_id = $1 AND run_id = $2',
      [seed.tenant, id],
    )
    return { rows, run: await seed.contextOf().load.rfmRun.load(id) }
  }

  it('counts orders of all currencies, each by the day on which it was paid, and rounds the sum once', async () => {
    const [p, q, c] = [newId(), newId(), newId()]
    const refund = { isRefundDocument: true, paidAt: undefined, refundedMinor: 1n, refundedAt: at('2026-03-03T01:00:00Z') }
    await seed.hear(
      seed.link(p, c),
      seed.link(q, c),
      seed.order(p, '2026-03-01T01:00:00Z', 1, { currency: 'USD', refundedMinor: 10n, refundedAt: at('2026-03-03T01:00:00Z') }),
      seed.order(q, '2026-03-03T01:00:00Z', 1, { currency: 'USD' }),
      seed.order(p, '2026-03-02T01:00:00Z', 5),
      seed.order(q, '2026-03-03T01:00:00Z', 0, { ...refund, currency: 'USD' }),
    )
    expect((await run()).rows).toEqual([{ frequency: 3, minor: 630 + 800 + 500 - 8 }])
    expect((await run({ monetaryBasis: 'AVG' })).rows).toEqual([{ frequency: 3, minor: 641 }])
    expect((await run({ currency: 'USD' })).rows).toEqual([{ frequency: 2, minor: 1_422 }])
    expect((await run({ in: undefined })).rows).toEqual([{ frequency: 1, minor: 500 }])
    const inYen = await run({ in: 'JPY', cuts: { ...cuts, monetary: { amount: '10', currency: 'JPY' } } })
    expect([inYen.rows, inYen.run?.currency]).toEqual([[{ frequency: 3, minor: 384 }], 'JPY'])
    const models = await Promise.all([run(), run(), run({ in: undefined })])
    expect(new Set(models.map((one) => one.run?.modelId)).size).toBe(2)
  })

  it('without a rate makes no run', async () => {
    const p = newId()
    await seed.hear(seed.link(p, newId()), seed.order(p, '2026-03-02T01:00:00Z', 5, { currency: 'EUR' }))
    await expect(run()).rejects.toMatchObject(missing('EUR', '2026-03-02'))
    expect((await run({ currency: 'USD' })).rows).toEqual([])
  })
})

it('M of an RFM score is converted by the rate of the last day of its window', async () => {
  const { load } = seed.contextOf()
  const score = { monetaryMinor: 1_000, currency: 'CNY', asOf: '2026-03-02' } as RfmScoreRow
  expect(await Promise.all([monetaryIn(load, score, null), monetaryIn(load, score, 'USD'), monetaryIn(load, score, 'JPY')])).toEqual([
    { amount: '10.00', currency: 'CNY' },
    { amount: '1.43', currency: 'USD' },
    { amount: '200', currency: 'JPY' },
  ])
  await expect(monetaryIn(load, { ...score, asOf: '2026-02-01' }, 'USD')).rejects.toMatchObject(missing('CNY', '2026-02-01'))
})
