import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { and, eq } from 'drizzle-orm'
import { type RfmModel, rfmModels } from './rfm.table.ts'

/** The parameters of a model. */
export type Parameters = Pick<
  RfmModel,
  'windowDays' | 'method' | 'monetaryBasis' | 'cuts' | 'currency' | 'isConverted' | 'orderCurrency' | 'shopId' | 'zone'
>

/**
 * The model of these parameters, which is made when there is none. The caller holds the tenant's lock of RFM.
 * @param makeDefault whether the model becomes the default; the first one of all shops does so in any case
 */
export async function findModel(tx: Tx, parameters: Parameters, makeDefault: boolean): Promise<RfmModel> {
  const { windowDays, method, monetaryBasis, cuts, currency, isConverted, orderCurrency, shopId, zone } = parameters
  const lines = cuts && [cuts.recencyDays, cuts.frequency, cuts.monetaryMinor]
  // Models without conversion keep the key that they had before it existed.
  const converted = isConverted ? [orderCurrency ?? 'any'] : []
  const key = JSON.stringify([windowDays, method, monetaryBasis, lines, currency, shopId, zone, ...converted])
  await tx
    .insert(rfmModels)
    .values({ ...parameters, tenantId: tx.tenantId, id: newId(), key, isDefault: false })
    .onConflictDoNothing()
  const [model] = await tx
    .select()
    .from(rfmModels)
    .where(and(eq(rfmModels.tenantId, tx.tenantId), eq(rfmModels.key, key)))
  return (makeDefault || shopId === null) && !model!.isDefault ? takeOver(tx, model!, makeDefault) : model!
}

/** Makes a model the default: instead of the present one only when it is `forced`. */
async function takeOver(tx: Tx, model: RfmModel, forced: boolean): Promise<RfmModel> {
  const isDefault = and(eq(rfmModels.tenantId, tx.tenantId), eq(rfmModels.isDefault, true))
  const [present] = await tx.select({ id: rfmModels.id }).from(rfmModels).where(isDefault)
  if (present && !forced) return model
  await tx.update(rfmModels).set({ isDefault: false }).where(isDefault)
  const [made] = await tx
    .update(rfmModels)
    .set({ isDefault: true })
    .where(and(eq(rfmModels.tenantId, tx.tenantId), eq(rfmModels.id, model.id)))
    .returning()
  return made!
}
