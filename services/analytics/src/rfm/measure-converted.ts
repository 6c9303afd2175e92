import type { Tx } from '@renmai/platform/db/db'
import { multiply, roundHalfEven } from '../exchange-rates/exact.rules.ts'
import { convert } from '../exchange-rates/exchange-rate.rules.ts'
import { readRates } from '../exchange-rates/exchange-rate.ts'
import { COUNTED, FREQUENCY_AND_RECENCY } from './measure-orders.ts'
import type { RfmInput } from './rfm.rules.ts'
import type { RfmModel } from './rfm.table.ts'

type Row = Omit<RfmInput, 'monetaryMinor'> & { amounts: [currency: string, day: string, minor: string][] | null }

/**
 * R, F and M per customer like measureOrders, of orders in several currencies. Each order is converted by the rate of the day on which it was
 * paid, with its refunds; M of a customer is rounded once.
 * @throws AppError INSUFFICIENT_DATA where an order cannot be converted
 */
export async function measureConverted(tx: Tx, model: Omit<RfmModel, 'id'>, asOf: string): Promise<RfmInput[]> {
  const { rows } = await tx.client.query<Row>(
    `WITH ${COUNTED}, summed AS (
       SELECT customer_id, ${FREQUENCY_AND_RECENCY} FROM counted GROUP BY customer_id
     ), parts AS (
       SELECT customer_id, currency, day, sum(money) AS money FROM counted GROUP BY customer_id, currency, day HAVING sum(money) <> 0
     ), amounts AS (
       SELECT customer_id, json_agg(json_build_array(currency, day, money::text)) AS amounts FROM parts GROUP BY customer_id
     )
     SELECT customer_id AS "customerId", recency AS "recencyDays", frequency::int, amounts
     FROM summed LEFT JOIN amounts USING (customer_id) WHERE frequency > 0 ORDER BY customer_id`,
    [tx.tenantId, asOf, model.windowDays, model.orderCurrency, model.zone, model.shopId],
  )
  return inCurrency(tx, rows, model)
}

async function inCurrency(tx: Tx, rows: readonly Row[], { currency, monetaryBasis }: Omit<RfmModel, 'id'>): Promise<RfmInput[]> {
  const all = rows.flatMap(({ amounts }) => amounts ?? [])
  if (all.length === 0) return rows.map(({ amounts: _none, ...row }) => ({ ...row, monetaryMinor: 0 }))
  const days = all.map(([, day]) => day).sort()
  const currencies = [...new Set([currency, ...all.map(([from]) => from)])]
  const rateOf = await readRates(tx, { from: days[0]!, to: days.at(-1)!, currencies })
  return rows.map(({ amounts, ...row }) => {
    const parts = (amounts ?? []).map(([from, day, minor]) => ({ currency: from, day, minor: BigInt(minor) }))
    const sum = convert(parts, currency, rateOf)
    const basis = monetaryBasis === 'AVG' ? multiply(sum, { n: 1n, d: BigInt(row.frequency) }) : sum
    return { ...row, monetaryMinor: Number(roundHalfEven(basis)) }
  })
}
