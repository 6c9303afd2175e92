/** Compiles metrics to one statement, which reads each source once for all its metrics. */
import type { Metric } from './metrics/metric.ts'

/** $1 is the tenant, $2 and $3 the first and the last day, $4 the zone, $5 the currency. */
export function compileKpis(metrics: readonly Metric[]): string {
  const sources = [...Map.groupBy(metrics, ({ from }) => from)]
  // Sums of money may exceed the safe range of a number.
  const values = metrics.map(({ name, unit }) => `coalesce("${name}", 0)::${unit === 'MONEY' ? 'text' : 'bigint'} AS "${name}"`)
  const joined = sources.map(([{ rows, at }, counted], no) => {
    const counts = counted.map(({ name, value }) => `${value} AS "${name}"`)
    return `LEFT JOIN (
      SELECT (${at} AT TIME ZONE $4)::date AS day, ${counts.join(', ')} FROM ${rows}
      AND ${at} >= $2::date::timestamp AT TIME ZONE $4 AND ${at} < ($3::date + 1)::timestamp AT TIME ZONE $4 GROUP BY 1
    ) s${no} USING (day)`
  })
  // The statement names each parameter, so that PostgreSQL knows its type even when no metric uses it.
  return `SELECT ${["to_char(day, 'YYYY-MM-DD') AS day", '$5::text AS currency', ...values].join(', ')}
    FROM (SELECT generate_series($2::date, $3::date, '1 day')::date AS day) days ${joined.join(' ')} WHERE $1::uuid IS NOT NULL AND $4::text IS NOT NULL ORDER BY days.day`
}
