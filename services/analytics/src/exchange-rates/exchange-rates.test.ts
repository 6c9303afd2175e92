import { withTenant } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { describe, expect, it } from 'vitest'
import { analyticsSeed } from '../../test/seed.ts'
import { deleteExchangeRates } from './delete-exchange-rates.ts'
import { exchangeRateResolvers } from './exchange-rate.resolvers.ts'
import { replaceExchangeRates } from './replace-exchange-rates.ts'
import { setExchangeRates } from './set-exchange-rates.ts'
import { lockRates, storeRates } from './store-rates.ts'

const seed = analyticsSeed()

const rate = (day: string, value: string, change: object = {}) => ({ base: 'USD', quote: 'CNY', day, rate: value, ...change })
const set = (rates: ReturnType<typeof rate>[], change: object = {}, ctx = seed.contextOf()) =>
  setExchangeRates(ctx, { idempotencyKey: key(), source: 'bank', rates, ...change })
const replace = (change: object) => {
  const all = {
    idempotencyKey: key(),
    source: 'bank',
    base: 'USD',
    quote: 'CNY',
    from: '2026-03-01',
    to: '2026-03-31',
    rates: [],
    ...change,
  }
  return replaceExchangeRates(seed.contextOf(), all)
}
const stored = async () => {
  const { rows } = await seed.test.owner.query<{ id: string; day: string; rate: string; version: number }>(
    'SELECT id, day::text, rate::float8::text AS rate, version FROM exchange_rates WHERE tenant_id = $1 ORDER BY day, base',
    [seed.tenant],
  )
  return rows
}
const shown = async () => (await stored()).map(({ day, rate: value, version }) => [day.slice(8), value, version])

describe('rates', () => {
  it('are set in bulk, once for each key; what is as it was keeps its version', async () => {
    const [idempotencyKey, ctx] = [key(), seed.contextOf()]
    const first = [rate('2026-03-01', '7.1'), rate('2026-03-02', '7.2')]
    expect(await set(first, { idempotencyKey }, ctx)).toEqual({ changed: 2 })
    expect(await set(first, { idempotencyKey }, ctx)).toEqual({ changed: 2 })
    expect(await set([rate('2026-03-01', '7.10'), rate('2026-03-02', '7.3')])).toEqual({ changed: 1 })
    expect(await shown()).toEqual([
      ['01', '7.1', 1],
      ['02', '7.3', 2],
    ])
    expect(await set(first, { source: 'other bank' })).toEqual({ changed: 2 })
    await expect(set([rate('2026-03-09', '1')], { idempotencyKey })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    const actions = (await published(seed.test, ActionRecordedSchema)).filter(({ tenantId }) => tenantId === seed.tenant)
    expect(actions.map(({ action }) => action)).toEqual(['setExchangeRates', 'setExchangeRates', 'setExchangeRates'])
  })

  it('that another caller changed meanwhile are not overwritten by one who states the version', async () => {
    await set([rate('2026-03-01', '7.1', { expectedVersion: 0 })])
    await set([rate('2026-03-01', '7.2', { expectedVersion: 1 })])
    const late = set([rate('2026-03-02', '7', { expectedVersion: 0 }), rate('2026-03-01', '7.3', { expectedVersion: 1 })])
    await expect(late).rejects.toMatchObject({
      code: 'CONFLICT',
      fields: { 'rates.1.expectedVersion': expect.any(String) },
      details: { reason: 'STALE_VERSION', parameters: { version: 2 } },
    })
    expect(await shown()).toEqual([['01', '7.2', 2]])
    // One that commits between the check and the write would be undone.
    let blocked: Promise<unknown> | undefined
    await withTenant(seed.test.db, seed.tenant, async (tx) => {
      await lockRates(tx)
      await storeRates(tx, 'bank', [rate('2026-03-01', '8')])
      blocked = set([rate('2026-03-01', '9', { expectedVersion: 2 })]).catch((error: unknown) => error)
      await eventually(async () => {
        const { rowCount } = await seed.test.owner.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        expect(rowCount).toBe(1)
      })
    })
    expect(await blocked).toMatchObject({ code: 'CONFLICT', details: { parameters: { version: 3 } } })
    expect(await shown()).toEqual([['01', '8', 3]])
  })

  it('of a span are replaced: others of the pair are gone, those of other pairs and days stay', async () => {
    await set(['2026-02-28', '2026-03-01', '2026-03-02'].map((day) => rate(day, '7')))
    await set([rate('2026-03-01', '8', { base: 'EUR' })])
    expect(
      await replace({
        rates: [
          { day: '2026-03-02', rate: '7.5' },
          { day: '2026-03-03', rate: '7' },
        ],
      }),
    ).toEqual({ changed: 2, deleted: 1 })
    expect(await shown()).toEqual([
      ['28', '7', 1],
      ['01', '8', 1],
      ['02', '7.5', 2],
      ['03', '7', 1],
    ])
    expect(await replace({})).toEqual({ changed: 0, deleted: 2 })
    await expect(replace({ rates: [{ day: '2026-04-01', rate: '7' }] })).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'rates.0.day': expect.any(String) },
      details: { reason: 'EXCHANGE_RATE_OUTSIDE_SPAN' },
    })
  })

  it('are deleted by their ids, all or none, and never those of another tenant', async () => {
    await set([rate('2026-03-01', '7'), rate('2026-03-02', '7')])
    const ids = (await stored()).map(({ id }) => id)
    const remove = (exchangeRateIds: string[], tenant = seed.tenant) =>
      deleteExchangeRates(seed.contextOf(tenant), { idempotencyKey: key(), exchangeRateIds })
    const unknown = { code: 'NOT_FOUND', details: { reason: 'EXCHANGE_RATE_NOT_FOUND' } }
    await expect(remove([ids[0]!, newId()])).rejects.toMatchObject({ ...unknown, fields: { 'exchangeRateIds.1': expect.any(String) } })
    await expect(remove(ids, newId())).rejects.toMatchObject(unknown)
    expect(await stored()).toHaveLength(2)
    expect(await remove(ids)).toEqual({ deleted: 2 })
    expect(await stored()).toEqual([])
  })

  it('are listed by their pair, source and days, in the order of their days, with no more decimals than they have', async () => {
    await set([rate('2026-03-02', '7.120'), rate('2026-03-01', '100'), rate('2026-03-03', '0.000000000001', { base: 'EUR' })])
    await set([rate('2026-03-04', '7')], { source: 'other bank' })
    const ctx = seed.contextOf()
    const list = async (filter: object) => {
      const args = { filter, orderBy: { field: 'DAY', direction: 'ASC' } as const }
      const { nodes } = await exchangeRateResolvers.Query.exchangeRates({}, args, ctx)
      return nodes.map((one) => [one.day.slice(8), exchangeRateResolvers.ExchangeRate.rate(one)])
    }
    expect(await list({ base: 'USD', source: 'bank' })).toEqual([
      ['01', '100'],
      ['02', '7.12'],
    ])
    expect(await list({ dayFrom: '2026-03-03', dayBefore: '2026-03-04' })).toEqual([['03', '0.000000000001']])
    expect(await list({ quote: 'CNY', days: ['2026-03-04'] })).toEqual([['04', '7']])
  })

  it.each([
    ['rates.0.rate', { rate: '0.000' }],
    ['rates.0.rate', { rate: '-1' }],
    ['rates.0.rate', { rate: '1e3' }],
    ['rates.0.rate', { rate: '1.0000000000001' }],
    ['rates.0.quote', { quote: 'USD' }],
    ['rates.0.base', { base: 'XXY' }],
    ['rates.0.day', { day: '2026-02-30' }],
  ])('with a wrong %s are refused: %j', async (field, change) => {
    await expect(set([rate('2026-03-01', '7', change)])).rejects.toMatchObject({ code: 'INVALID', fields: { [field]: expect.any(String) } })
  })

  it('of one key stand once in an input, and an input has at most 1,000', async () => {
    const twice = [rate('2026-03-01', '7'), rate('2026-03-01', '8')]
    await expect(set(twice)).rejects.toMatchObject({ code: 'INVALID', fields: { 'rates.1': expect.any(String) } })
    const many = Array.from({ length: 1_001 }, (_, no) => rate(new Date(Date.UTC(2020, 0, 1 + no)).toISOString().slice(0, 10), '7'))
    await expect(set(many)).rejects.toMatchObject({ code: 'INVALID', fields: { rates: expect.any(String) } })
    expect(await set(many.slice(1))).toEqual({ changed: 1_000 })
  })
})
