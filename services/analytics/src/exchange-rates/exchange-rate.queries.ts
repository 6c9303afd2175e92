import type { Tx } from '@renmai/platform/db/db'
import { anyOf, before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import type { ExchangeRateFilter } from '../gen/resolvers.ts'
import { MAX_AGE_DAYS, type RateOf, rateBook, type StatedRate } from './exchange-rate.rules.ts'
import { exchangeRates } from './exchange-rate.table.ts'

const CONDITIONS: Conditions<ExchangeRateFilter> = {
  base: equals(exchangeRates.base),
  quote: equals(exchangeRates.quote),
  source: equals(exchangeRates.source),
  days: anyOf(exchangeRates.day),
  dayFrom: from(exchangeRates.day),
  dayBefore: before(exchangeRates.day),
}

/** The list of rates, the one that was stored last first. */
export const listExchangeRates = ({ filter }: { filter?: ExchangeRateFilter | null | undefined }): Listed<typeof exchangeRates> => ({
  table: exchangeRates,
  by: exchangeRates.id,
  order: 'desc',
  orders: { DAY: exchangeRates.day },
  where: matching(CONDITIONS, filter),
})

/** Days on which amounts lie, in order, and the currencies to convert between. */
export type RateSpan = { readonly from: string; readonly to: string; readonly currencies: readonly string[] }

/** Reads the rates that can count for amounts of a span. Both rates of a way over a third currency name one of the currencies. */
export async function readRates(tx: Tx, { from: first, to, currencies }: RateSpan): Promise<RateOf> {
  const { rows } = await tx.client.query<StatedRate>(
    `SELECT base, quote, day::text, rate::text FROM exchange_rates
     WHERE tenant_id = $1 AND day >= $2::date - ${MAX_AGE_DAYS} AND day <= $3::date AND (base = ANY($4) OR quote = ANY($4))`,
    [tx.tenantId, first, to, currencies],
  )
  return rateBook(rows)
}
