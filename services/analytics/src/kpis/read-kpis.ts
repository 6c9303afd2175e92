import { type Tx, withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { AppError } from '@renmai/platform/serve/errors'
import { day } from '@renmai/platform/serve/moments'
import { currencyCode, toMoney } from '@renmai/platform/serve/money'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { convertRounded, type RateOf } from '../exchange-rates/exchange-rate.rules.ts'
import { readRates } from '../exchange-rates/exchange-rate.ts'
import { compileKpis, compileKpisByCurrency } from './compile-kpis.rules.ts'
import type { Metric } from './metrics/metric.ts'
import { type KpiDay, metrics } from './metrics.ts'
import { readWatermark } from './read-watermark.ts'

const Input = z.object({ from: day, to: day, currency: currencyCode.nullish(), in: currencyCode.nullish() })
type Dashboard = { currency: string; watermark: Date | null; isComplete: boolean; days: KpiDay[] }

const DAY_MS = 86_400_000

/**
 * Reads the metrics of each day in the tenant's zone, with the time up to which they are complete. They are of one currency, or with `in`
 * of all of them, converted by the rates of each day.
 * @param counted the metrics to read; days lack the others
 * @throws AppError INSUFFICIENT_DATA where an amount cannot be converted
 */
export async function readKpis(ctx: Context, raw: z.input<typeof Input>, counted: readonly Metric[] = metrics): Promise<Dashboard> {
  const { from, to, currency: only, in: wanted } = parse(Input, raw)
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (days < 1 || days > 366) throw new AppError('INVALID', 'Request 1 to 366 days', { to: 'is out of range' })
  const watermark = await readWatermark(ctx)
  const read = await withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const { zone, currency } = await currentTenant(tx)
    const span = { from, to, zone }
    if (wanted) return { currency: wanted, days: await readConverted(tx, counted, { ...span, only: only ?? null, wanted }) }
    return { currency: only ?? currency, days: await readOne(tx, counted, { ...span, only: only ?? currency }) }
  })
  return { ...watermark, ...read }
}

type Span = { from: string; to: string; zone: string; only: string | null }

async function readOne(tx: Tx, counted: readonly Metric[], { from, to, zone, only }: Span & { only: string }): Promise<KpiDay[]> {
  const { rows } = await tx.client.query<Row<string>>(compileKpis(counted), [tx.tenantId, from, to, zone, only])
  return rows.map((row) => toDay(row, counted, (minor) => toMoney(minor, only)))
}

async function readConverted(tx: Tx, counted: readonly Metric[], span: Span & { wanted: string }): Promise<KpiDay[]> {
  const { from, to, zone, only, wanted } = span
  const { rows } = await tx.client.query<Row<ByCurrency>>(compileKpisByCurrency(counted), [tx.tenantId, from, to, zone, only])
  const sums = counted.filter(({ unit }) => unit === 'MONEY').flatMap(({ name }) => rows.map((row) => row[name] as ByCurrency))
  const rateOf = await readRates(tx, { from, to, currencies: [...new Set([wanted, ...sums.flatMap(Object.keys)])] })
  return rows.map((row) => toDay(row, counted, (sum) => toMoney(convertDay(sum, row.day, wanted, rateOf), wanted)))
}

type ByCurrency = Record<string, string>

const convertDay = (sum: ByCurrency, day: string, wanted: string, rateOf: RateOf): bigint =>
  convertRounded(
    Object.entries(sum).map(([currency, minor]) => ({ currency, day, minor: BigInt(minor) })),
    wanted,
    rateOf,
  )

type Row<M> = { day: string } & Record<string, number | string | M>

const toDay = <M>({ day, ...numbers }: Row<M>, counted: readonly Metric[], moneyOf: (sum: M) => object): KpiDay => {
  const valueOf = ({ name, unit }: Metric) => (unit === 'MONEY' ? moneyOf(numbers[name] as M) : numbers[name])
  return { day, ...Object.fromEntries(counted.map((metric) => [metric.name, valueOf(metric)])) } as KpiDay
}
