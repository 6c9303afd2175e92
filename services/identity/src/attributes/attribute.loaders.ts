import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { attributeFields } from './attribute.table.ts'
import { type ObservedValue, observedValues } from './observed-values.ts'

/** Loaders of fields, and of what customers have for them. Each uses one statement, whatever the number of parents. */
export const attributeLoaders = (ctx: BaseContext) => ({
  attributeField: rowsById(ctx, attributeFields),
  attributes: tenantLoader<ObservedValue[]>(ctx, (tx, ids) => observedValues(tx, ids, false)),
  names: tenantLoader<ObservedValue[]>(ctx, (tx, ids) => observedValues(tx, ids, true)),
})
