import type pg from 'pg'

/**
 * Writes the function by which partitions are dropped. It belongs to the owner, so that the role that drops them cannot choose
 * what is old.
 * @param keepDays by table the number of days that its rows are kept
 */
export async function keepPartitions(client: pg.Client, keepDays: Readonly<Record<string, number>> = {}): Promise<void> {
  const rows = Object.entries(keepDays).map(([table, days]) => `(${client.escapeLiteral(table)}, ${Math.trunc(days)})`)
  const values = rows.length > 0 ? `VALUES ${rows.join(', ')}` : 'SELECT NULL::text, NULL::integer WHERE false'
  await client.query(`CREATE OR REPLACE FUNCTION kept_days() RETURNS TABLE (parent text, days integer)
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS ${client.escapeLiteral(values)}`)
}
