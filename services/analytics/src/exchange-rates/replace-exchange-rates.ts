import { day } from '@renmai/platform/serve/moments'
import { inOrder } from '@renmai/platform/serve/moments.rules'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { exchangeRateFailure } from './exchange-rate.failures.ts'
import { isPair, MAX_RATES, NO_PAIR, once, ratePair, rateText, source } from './rate-pair.ts'
import { lockRates, storeRates } from './store-rates.ts'

const Rates = z.array(z.object({ day, rate: rateText })).max(MAX_RATES)

const Input = z
  .object({ idempotencyKey, source, ...ratePair, from: day, to: day, rates: Rates.superRefine(once((rate) => rate.day)) })
  .refine(isPair, NO_PAIR)
  .refine(...inOrder('from', 'to'))

/** Makes the given rates the only ones of two currencies in a span of days; without rates the span is empty after it. */
export async function replaceExchangeRates(ctx: Context, raw: z.input<typeof Input>): Promise<{ changed: number; deleted: number }> {
  const input = parse(Input, raw)
  const { base, quote, from, to, rates } = input
  const outside = rates.findIndex((rate) => rate.day < from || rate.day > to)
  if (outside >= 0) throw exchangeRateFailure('EXCHANGE_RATE_OUTSIDE_SPAN', `rates.${outside}.day`, { from, to })
  return mutate(ctx, { name: 'replaceExchangeRates', scope: 'analytics:write' }, input, async (tx) => {
    await lockRates(tx)
    const { rowCount } = await tx.client.query(
      'DELETE FROM exchange_rates WHERE tenant_id = $1 AND base = $2 AND quote = $3 AND day BETWEEN $4 AND $5 AND day <> ALL($6::date[])',
      [tx.tenantId, base, quote, from, to, rates.map((rate) => rate.day)],
    )
    const stated = rates.map((rate) => ({ base, quote, ...rate }))
    const changed = await storeRates(tx, input.source, stated)
    return { decided: { changed, deleted: rowCount ?? 0 }, targetId: tx.tenantId }
  })
}
