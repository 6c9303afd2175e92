import { currentTenant, type Tenant } from '@renmai/platform/db/tenants'
import { days } from '@renmai/platform/serve/duration'
import { day } from '@renmai/platform/serve/moments'
import { currencyCode, moneyInput } from '@renmai/platform/serve/money'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { timeZone } from '@renmai/platform/serve/zone'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { findModel, type Parameters } from './find-model.ts'
import { measureConverted } from './measure-converted.ts'
import { measureOrders } from './measure-orders.ts'
import { rfmFailure } from './rfm.failures.ts'
import { type Cuts, classify } from './rfm.rules.ts'
import { storeRun } from './store-run.ts'

const Input = z.object({
  idempotencyKey,
  asOf: day,
  window: days
    .refine((value) => value >= 1 && value <= 3_650, 'must be P1D to P3650D')
    .nullish()
    .transform((value) => value ?? 365),
  method: z
    .enum(['MEAN', 'MEDIAN', 'FIXED', 'QUINTILE'])
    .nullish()
    .transform((value) => value ?? 'MEAN'),
  monetaryBasis: z
    .enum(['SUM', 'AVG'])
    .nullish()
    .transform((value) => value ?? 'SUM'),
  cuts: z
    .object({
      recency: days,
      frequency: z.int().min(1),
      monetary: moneyInput.refine(({ minor }) => minor >= 0, { message: 'must not be negative', path: ['amount'] }),
    })
    .nullish(),
  currency: currencyCode.nullish(),
  in: currencyCode.nullish(),
  shopId: z.string().max(128).nullish(),
  zone: timeZone.nullish(),
  makeDefault: z.boolean().nullish(),
})

/** Scores all customers by one model, in one transaction, and publishes those whose class changed. */
export async function computeRfm(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'computeRfm', scope: 'analytics:write' }, input, async (tx) => {
    await tx.client.query("SELECT pg_advisory_xact_lock(hashtext('rfm'), hashtext($1))", [tx.tenantId])
    const model = await findModel(tx, parametersOf(input, await currentTenant(tx)), input.makeDefault ?? false)
    const measured = await (model.isConverted ? measureConverted : measureOrders)(tx, model, input.asOf)
    const run = await storeRun(tx, model, classify(measured, model.method, model.cuts ?? undefined), input.asOf)
    return { decided: { id: run.id }, targetId: run.id }
  })
}

/** @throws AppError INVALID for lines in another currency than that of the model */
function parametersOf(input: z.output<typeof Input>, tenant: Tenant): Parameters {
  const currency = input.in ?? input.currency ?? tenant.currency
  const cuts = input.cuts ? cutsOf(input.cuts, currency) : null
  return {
    windowDays: input.window,
    method: input.method,
    monetaryBasis: input.monetaryBasis,
    // Lines count for FIXED only: others are no parameter.
    cuts: input.method === 'FIXED' ? cuts : null,
    currency,
    isConverted: Boolean(input.in),
    orderCurrency: input.in ? (input.currency ?? null) : null,
    shopId: input.shopId ?? null,
    zone: input.zone ?? tenant.zone,
  }
}

function cutsOf({ recency, frequency, monetary }: Lines, currency: string): Cuts {
  if (monetary.currency === currency) return { recencyDays: recency, frequency, monetaryMinor: monetary.minor }
  throw rfmFailure('RFM_CURRENCY_WRONG', 'cuts.monetary.currency', { currency })
}

type Lines = { recency: number; frequency: number; monetary: { minor: number; currency: string } }
