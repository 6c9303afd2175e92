/** Compiles metrics to one statement, which reads each source once for all its metrics. */
import type { Metric, Source } from './metrics/metric.ts'

/** $1 is the tenant, $2 and $3 the first and the last day, $4 the zone, $5 the currency, null for all. Sums of money are texts. */
export function compileKpis(metrics: readonly Metric[]): string {
  // Sums of money may exceed the safe range of a number.
  return compile(metrics, ({ unit, name }) => `coalesce("${name}", 0)::${unit === 'MONEY' ? 'text' : 'bigint'}`, ofDay)
}

/** As compileKpis, but a sum of money is an object with the sum of each currency. */
export function compileKpisByCurrency(metrics: readonly Metric[]): string {
  return compile(
    metrics,
    ({ unit, name }) => (unit === 'MONEY' ? `coalesce("${name}", '{}')` : `coalesce("${name}", 0)::bigint`),
    (source, counted) => (source.currency ? ofDayByCurrency(source, source.currency, counted) : ofDay(source, counted)),
  )
}

type Rows = (source: Source, counted: readonly Metric[]) => string

function compile(metrics: readonly Metric[], valueOf: (metric: Metric) => string, rowsOf: Rows): string {
  const sources = [...Map.groupBy(metrics, ({ from }) => from)]
  const values = metrics.map((metric) => `${valueOf(metric)} AS "${metric.name}"`)
  const joined = sources.map(([source, counted], no) => `LEFT JOIN (${rowsOf(source, counted)}) s${no} USING (day)`)
  // The statement names each parameter, so that PostgreSQL knows its type even when no metric uses it.
  return `SELECT ${["to_char(day, 'YYYY-MM-DD') AS day", '$5::text AS currency', ...values].join(', ')}
    FROM (SELECT generate_series($2::date, $3::date, '1 day')::date AS day) days ${joined.join(' ')} WHERE $1::uuid IS NOT NULL AND $4::text IS NOT NULL ORDER BY days.day`
}

const dayOf = ({ at }: Source) => `(${at} AT TIME ZONE $4)::date AS day`
const fromDays = ({ rows, at }: Source) =>
  `FROM ${rows} AND ${at} >= $2::date::timestamp AT TIME ZONE $4 AND ${at} < ($3::date + 1)::timestamp AT TIME ZONE $4`
const countsOf = (counted: readonly Metric[]) => counted.map(({ name, value }) => `${value} AS "${name}"`).join(', ')

const ofDay: Rows = (source, counted) => `SELECT ${dayOf(source)}, ${countsOf(counted)} ${fromDays(source)} GROUP BY 1`

function ofDayByCurrency(source: Source, currency: string, counted: readonly Metric[]): string {
  const sums = counted.map(({ name, unit }) =>
    unit === 'MONEY' ? `jsonb_object_agg(currency, "${name}"::text) AS "${name}"` : `sum("${name}") AS "${name}"`,
  )
  return `SELECT day, ${sums.join(', ')} FROM (
    SELECT ${dayOf(source)}, ${currency} AS currency, ${countsOf(counted)} ${fromDays(source)} GROUP BY 1, 2) parts GROUP BY day`
}
