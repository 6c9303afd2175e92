/**
 * Attribution of orders in several currencies. Orders of one day and currency are shared among channels exactly, in their own currency; the
 * sums of each channel are converted and rounded once, so that the channels add up to the total.
 */
import { add, type Exact, roundTogether, ZERO } from '../exchange-rates/exact.rules.ts'
import { convert, type RateOf } from '../exchange-rates/exchange-rate.rules.ts'
import { attribute, type Conversion, type Model } from './attribution.rules.ts'

/** A conversion with the currency of its order, and the day on which it was paid. */
export type DatedConversion = Conversion & { currency: string; day: string }
export type ConvertedCredit = { channel: string; conversionsMicro: number; revenueMinor: number | bigint }

/** @throws AppError INSUFFICIENT_DATA where no rate is known */
export function convertAttribution(conversions: readonly DatedConversion[], model: Model, wanted: string, rateOf: RateOf) {
  const sums = new Map<string, { conversionsMicro: number; money: Exact }>()
  for (const all of Map.groupBy(conversions, ({ currency, day }) => `${currency}${day}`).values()) {
    const { currency, day } = all[0]!
    for (const { channel, conversionsMicro, revenueMinor } of attribute(all, model)) {
      const known = sums.get(channel) ?? { conversionsMicro: 0, money: ZERO }
      const money = add(known.money, convert([{ currency, day, minor: BigInt(revenueMinor) }], wanted, rateOf))
      sums.set(channel, { conversionsMicro: known.conversionsMicro + conversionsMicro, money })
    }
  }
  const byName = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const { sum, parts } = roundTogether(byName.map(([, { money }]) => money))
  const channels = byName.map(([channel, { conversionsMicro }], index) => ({ channel, conversionsMicro, revenueMinor: parts[index]! }))
  return { revenueMinor: sum, channels: channels.toSorted((a, b) => compare(b.revenueMinor, a.revenueMinor)) }
}

const compare = (a: bigint, b: bigint) => Number(a > b) - Number(a < b)
