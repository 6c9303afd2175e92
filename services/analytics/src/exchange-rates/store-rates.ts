import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import type { StatedRate } from './exchange-rate.rules.ts'

/** Changes of rates are rare: one transaction of the tenant makes them at a time, so that versions are checked and written as one. */
export const lockRates = (tx: Tx): Promise<unknown> =>
  tx.client.query("SELECT pg_advisory_xact_lock(hashtext('exchange-rates'), hashtext($1))", [tx.tenantId])

/**
 * Stores rates; one that is as it was keeps its version.
 * @param rates each key once
 * @returns how many are new or changed
 */
export async function storeRates(tx: Tx, source: string, rates: readonly StatedRate[]): Promise<number> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO exchange_rates (tenant_id, id, base, quote, day, rate, source, version)
     SELECT $1, id, base, quote, day, rate, $2, 1 FROM unnest($3::uuid[], $4::text[], $5::text[], $6::date[], $7::numeric[]) AS r(id, base, quote, day, rate)
     ON CONFLICT (tenant_id, base, quote, day) DO UPDATE SET rate = excluded.rate, source = excluded.source,
       version = exchange_rates.version + 1, updated_at = now()
     WHERE (exchange_rates.rate, exchange_rates.source) IS DISTINCT FROM (excluded.rate, excluded.source)`,
    [
      tx.tenantId,
      source,
      rates.map(() => newId()),
      rates.map(({ base }) => base),
      rates.map(({ quote }) => quote),
      rates.map(({ day }) => day),
      rates.map(({ rate }) => rate),
    ],
  )
  return rowCount ?? 0
}
