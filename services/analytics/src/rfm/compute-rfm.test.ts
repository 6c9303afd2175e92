import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { key } from '@renmai/platform/testing/viewers'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { describe, expect, it } from 'vitest'
import { analyticsSeed, at } from '../../test/seed.ts'
import type { Context } from '../context.ts'
import { computeRfm } from './compute-rfm.ts'

const seed = analyticsSeed()

describe('RFM over orders', () => {
  const fixed = { method: 'FIXED' as const, cuts: { recencyDays: 30, frequency: 2, monetaryMinor: '10000' } }
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
    await score('2026-03-11', { monetaryBasis: 'AVG' })
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
})
