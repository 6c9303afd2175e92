import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { readRates } from './exchange-rate.queries.ts'
import type { RateOf } from './exchange-rate.rules.ts'
import { exchangeRates } from './exchange-rate.table.ts'

export const exchangeRateLoaders = (ctx: BaseContext) => {
  /** By the day, the currency and the wanted one. */
  const book = tenantLoader<RateOf>(ctx, async (tx, keys) => {
    const parts = keys.map((key) => key.split('|') as [string, string, string])
    const days = parts.map(([day]) => day).sort()
    const currencies = [...new Set(parts.flatMap(([, from, to]) => [from, to]))]
    const rateOf = await readRates(tx, { from: days[0]!, to: days.at(-1)!, currencies })
    return new Map(keys.map((key) => [key, rateOf]))
  })
  return {
    exchangeRate: rowsById(ctx, exchangeRates),
    /** The rates of a day between two currencies. */
    ratesOf: async (day: string, from: string, to: string): Promise<RateOf> => (await book.load(`${day}|${from}|${to}`))!,
  }
}
