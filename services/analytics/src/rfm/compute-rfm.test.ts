import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { describe, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import type { Context } from '../context.ts'
import { computeRfm } from './compute-rfm.ts'
import { rfmResolvers } from './rfm.resolvers.ts'

const seed = analyticsSeed()
const { Query, RfmScore } = rfmResolvers

describe('RFM over orders', () => {
  const fixed = { method: 'FIXED' as const, cuts: { recency: 'P30D', frequency: 2, monetary: { amount: '100', currency: 'CNY' } } }
  const runOf = async (ctx: Context, { id }: { id: string }) => ctx.load.rfmRun.load(id)
  const score = async (asOf: string, change: object = {}) =>
    runOf(seed.contextOf(), await computeRfm(seed.contextOf(), { idempotencyKey: key(), asOf, ...fixed, ...change }))
  const scoreOf = async (customerId: string) =>
    (
      await seed.test.owner.query('SELECT rfm_class, recency_days, frequency, monetary_minor FROM rfm_scores WHERE customer_id = $1', [
        customerId,
      ])
    ).rows[0]

  it('counts calendar days in the zone, paid orders that were not refunded in full, and money less refunds', async () => {
    const [p, c] = [newId(), newId()]
    await seed.hear(
      seed.link(p, c),
      seed.order(p, '2026-03-09T16:30:00Z', 80),
      seed.order(p, '2026-03-01T00:00:00Z', 100, { refundedMinor: 10_000n, refundedAt: at('2026-03-02T00:00:00Z') }),
      seed.order(p, '2026-03-05T00:00:00Z', 50, { refundedMinor: 1_000n }),
      seed.order(p, '2026-03-06T00:00:00Z', 0, {
        isRefundDocument: true,
        totalMinor: 0n,
        refundedMinor: 500n,
        paidAt: undefined,
        refundedAt: at('2026-03-06T00:00:00Z'),
      }),
      seed.order(p, '2026-04-01T00:00:00Z', 999),
      seed.order(p, '2024-01-01T00:00:00Z', 999),
    )
    await score('2026-03-11')
    // 16:30 UTC on the 9th is the 10th in Shanghai.
    expect(await scoreOf(c)).toEqual({ rfm_class: 'KEY_VALUE', recency_days: 1, frequency: 2, monetary_minor: 11_500 })
    await score('2026-03-11', { monetaryBasis: 'AVG', makeDefault: true })
    expect((await scoreOf(c)).monetary_minor).toBe(5_750)
  })

  it('leaves customers without orders unclassified and publishes changed classes only', async () => {
    const [p, c, q, d] = [newId(), newId(), newId(), newId()]
    await seed.hear(seed.link(p, c), seed.link(q, d), seed.order(p, '2026-03-01T00:00:00Z', 80))
    expect(await score('2026-03-11')).toMatchObject({ scored: 1, changed: 1 })
    expect(await score('2026-03-11')).toMatchObject({ scored: 1, changed: 0 })
    expect(await scoreOf(d)).toBeUndefined()
    expect(await score('2027-06-01')).toMatchObject({ scored: 0, changed: 1 })
    const told = (await published(seed.test, RfmClassChangedSchema))
      .filter((one) => one.tenantId === seed.tenant)
      .flatMap((one) => one.changes.map((change) => change.rfmClass))
    expect(told).toEqual([RfmClass.GENERAL_DEVELOP, RfmClass.UNSPECIFIED])
  })

  it('scores merged customers as one, and does not read another tenant', async () => {
    const [p, q, c, d] = [newId(), newId(), newId(), newId()]
    await seed.hear(
      seed.link(p, c),
      seed.link(q, d),
      seed.order(p, '2026-03-01T00:00:00Z', 80),
      seed.order(q, '2026-03-01T00:00:00Z', 80),
      seed.link(q, c, 2n),
    )
    await score('2026-03-11')
    expect(await scoreOf(c)).toMatchObject({ frequency: 2, monetary_minor: 16_000 })
    const stranger = seed.contextOf(newId())
    const run = await computeRfm(stranger, { idempotencyKey: key(), asOf: '2026-03-11', ...fixed })
    expect(await runOf(stranger, run)).toMatchObject({ scored: 0 })
    await expect(computeRfm(seed.contextOf(), { idempotencyKey: key(), asOf: '2026-03-11' })).rejects.toMatchObject({
      code: 'INSUFFICIENT_DATA',
    })
  })

  it('reads spans as durations and the line of money as an amount in the currency of the run, and names what is wrong', async () => {
    const cuts = (change: object) => ({ cuts: { ...fixed.cuts, ...change } })
    for (const [change, field] of [
      [cuts({ monetary: { amount: '100', currency: 'USD' } }), 'cuts.monetary.currency'],
      [cuts({ monetary: { amount: '-1', currency: 'CNY' } }), 'cuts.monetary.amount'],
      [cuts({ monetary: { amount: '1.001', currency: 'CNY' } }), 'cuts.monetary.amount'],
      [cuts({ recency: 'P1M' }), 'cuts.recency'],
      [{ window: 'PT36H' }, 'window'],
      [{ window: 'P3651D' }, 'window'],
      [{ window: 'P0D' }, 'window'],
      [{ currency: 'XXY' }, 'currency'],
    ] as const)
      await expect(score('2026-03-11', change), field).rejects.toMatchObject({ code: 'INVALID', fields: { [field]: expect.any(String) } })
    const [p, c] = [newId(), newId()]
    await seed.hear(seed.link(p, c), seed.order(p, '2026-03-01T00:00:00Z', 100))
    await score('2026-03-11', { window: 'P1W' })
    expect(await scoreOf(c)).toBeUndefined()
    await score('2026-03-11', { window: 'P2W', makeDefault: true })
    expect(await scoreOf(c)).toMatchObject({ rfm_class: 'KEY_DEVELOP', recency_days: 10 })
    const ctx = seed.contextOf()
    expect(RfmScore.recency((await ctx.load.rfm.load(c))!)).toBe('P10D')
  })

  it('keeps its runs: they are listed, newest first or by the end of their window, and found by their id', async () => {
    for (const asOf of ['2026-03-03', '2026-03-01', '2026-03-02']) await score(asOf)
    const ctx = seed.contextOf()
    const daysOf = async (args: Parameters<typeof Query.rfmRuns>[1]) => (await Query.rfmRuns({}, args, ctx)).nodes.map(({ asOf }) => asOf)
    expect(await daysOf({})).toEqual(['2026-03-02', '2026-03-01', '2026-03-03'])
    expect(await daysOf({ orderBy: { field: 'AS_OF', direction: 'DESC' }, first: 2 })).toEqual(['2026-03-03', '2026-03-02'])
    expect(await daysOf({ filter: { asOfFrom: '2026-03-02', asOfBefore: '2026-03-03' } })).toEqual(['2026-03-02'])
    const { nodes } = await Query.rfmRuns({}, { first: 1 }, ctx)
    expect(await Query.rfmRun({}, { id: nodes[0]!.id }, ctx)).toMatchObject({ number: 3, currency: 'CNY' })
    expect((await Query.rfmRun({}, { id: nodes[0]!.id }, seed.contextOf(newId()))) ?? null).toBeNull()
  })
})
