import type { Tx } from '@renmai/platform/db/db'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { day } from '@renmai/platform/serve/moments'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { isPair, MAX_RATES, NO_PAIR, once, ratePair, rateText, source } from './rate-pair.ts'
import { lockRates, storeRates } from './store-rates.ts'

const Rate = z.object({ ...ratePair, day, rate: rateText, expectedVersion: z.int().nullish() }).refine(isPair, NO_PAIR)

const Input = z.object({
  idempotencyKey,
  source,
  rates: z
    .array(Rate)
    .min(1)
    .max(MAX_RATES)
    .superRefine(once((rate) => `${rate.base}${rate.quote}${rate.day}`)),
})

/** Sets rates of single days; rates of other days stay. */
export async function setExchangeRates(ctx: Context, raw: z.input<typeof Input>): Promise<{ changed: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'setExchangeRates', scope: 'analytics:write' }, input, async (tx) => {
    await lockRates(tx)
    await requireVersions(tx, input.rates)
    const changed = await storeRates(tx, input.source, input.rates)
    return { decided: { changed }, targetId: tx.tenantId }
  })
}

/** @throws AppError CONFLICT that names the first rate that another caller changed meanwhile; an unknown rate is at version 0 */
async function requireVersions(tx: Tx, rates: z.output<typeof Input>['rates']): Promise<void> {
  const checked = [...rates.entries()].filter(([, { expectedVersion }]) => expectedVersion !== null && expectedVersion !== undefined)
  if (checked.length === 0) return
  const { rows } = await tx.client.query<{ key: string; version: number }>(
    `SELECT base || quote || day::text AS key, version FROM exchange_rates WHERE tenant_id = $1
       AND (base, quote, day) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::date[]))`,
    [tx.tenantId, checked.map(([, rate]) => rate.base), checked.map(([, rate]) => rate.quote), checked.map(([, rate]) => rate.day)],
  )
  const versions = new Map(rows.map(({ key, version }) => [key, version]))
  for (const [index, rate] of checked) {
    const version = versions.get(`${rate.base}${rate.quote}${rate.day}`) ?? 0
    if (version !== rate.expectedVersion) throw changeFailure('STALE_VERSION', `rates.${index}.expectedVersion`, { version })
  }
}
