import { currencyCode, type Money, toMoney } from '@renmai/platform/serve/money'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { convertRounded } from '../exchange-rates/exchange-rate.rules.ts'
import type { RfmScoreRow } from './rfm.table.ts'

const Input = z.object({ in: currencyCode.nullish() })

/**
 * M of a score in the currency of its run, or in another one by the rate of the last day of its window.
 * @throws AppError INSUFFICIENT_DATA where no rate is known
 */
export async function monetaryIn(load: Context['load'], score: RfmScoreRow, raw: string | null | undefined): Promise<Money> {
  const { monetaryMinor, currency, asOf } = score
  const { in: wanted } = parse(Input, { in: raw })
  if (!wanted || wanted === currency) return toMoney(monetaryMinor, currency)
  const rateOf = await load.ratesOf(asOf, currency, wanted)
  return toMoney(convertRounded([{ currency, day: asOf, minor: BigInt(monetaryMinor) }], wanted, rateOf), wanted)
}
