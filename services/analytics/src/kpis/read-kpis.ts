import { withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { AppError } from '@renmai/platform/serve/errors'
import { day } from '@renmai/platform/serve/moments'
import { currencyCode, toMoney } from '@renmai/platform/serve/money'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { compileKpis } from './compile-kpis.rules.ts'
import type { Metric } from './metrics/metric.ts'
import { type KpiDay, metrics } from './metrics.ts'
import { readWatermark } from './read-watermark.ts'

const Input = z.object({ from: day, to: day, currency: currencyCode.nullish() })
type Dashboard = { watermark: Date | null; isComplete: boolean; days: KpiDay[] }

const DAY_MS = 86_400_000

/**
 * Reads the metrics of each day in the tenant's zone, and in one currency, with the time up to which they are complete.
 * @param counted the metrics to read; days lack the others
 */
export async function readKpis(ctx: Context, raw: z.input<typeof Input>, counted: readonly Metric[] = metrics): Promise<Dashboard> {
  const { from, to, currency: wanted } = parse(Input, raw)
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (days < 1 || days > 366) throw new AppError('INVALID', 'Request 1 to 366 days', { to: 'is out of range' })
  const watermark = await readWatermark(ctx)
  const rows = await withTenant(ctx.db, ctx.viewer.tenantId, async (tx) => {
    const { zone, currency } = await currentTenant(tx)
    const { rows } = await tx.client.query<Row>(compileKpis(counted), [tx.tenantId, from, to, zone, wanted ?? currency])
    return rows
  })
  return { ...watermark, days: rows.map((row) => toDay(row, counted)) }
}

type Row = { day: string; currency: string } & Record<string, number | string>

const toDay = ({ day, currency, ...numbers }: Row, counted: readonly Metric[]): KpiDay => {
  const valueOf = ({ name, unit }: Metric) => (unit === 'MONEY' ? toMoney(numbers[name]!, currency) : numbers[name])
  return { day, ...Object.fromEntries(counted.map((metric) => [metric.name, valueOf(metric)])) } as KpiDay
}
