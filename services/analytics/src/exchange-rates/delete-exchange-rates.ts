import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { exchangeRateFailure } from './exchange-rate.failures.ts'
import { MAX_RATES } from './rate-pair.ts'
import { lockRates } from './store-rates.ts'

const Input = z.object({ idempotencyKey, exchangeRateIds: z.array(z.uuid()).min(1).max(MAX_RATES) })

/** Deletes rates: all of them, or none where one does not exist. */
export async function deleteExchangeRates(ctx: Context, raw: z.input<typeof Input>): Promise<{ deleted: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'deleteExchangeRates', scope: 'analytics:write' }, input, async (tx) => {
    await lockRates(tx)
    const ids = input.exchangeRateIds
    const { rows } = await tx.client.query<{ id: string }>(
      'DELETE FROM exchange_rates WHERE tenant_id = $1 AND id = ANY($2) RETURNING id',
      [tx.tenantId, ids],
    )
    const found = new Set(rows.map(({ id }) => id))
    const unknown = ids.findIndex((id) => !found.has(id))
    if (unknown >= 0) throw exchangeRateFailure('EXCHANGE_RATE_NOT_FOUND', `exchangeRateIds.${unknown}`)
    return { decided: { deleted: found.size }, targetId: tx.tenantId }
  })
}
