import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { apiClients } from './api-clients/api-client.table.ts'
import { fields } from './attributes/attribute.table.ts'
import { customerLoaders } from './customers/customer.loaders.ts'
import { staff } from './staff/staff.table.ts'
import { tagLoaders } from './tags/tag.loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

/** All loaders that resolvers use for many parents. Each uses one statement, whatever the number of parents. */
export const createLoaders = (ctx: BaseContext) => ({
  ...customerLoaders(ctx),
  ...tagLoaders(ctx),
  field: rowsById(ctx, fields, { by: 'key' }),
  apiClient: rowsById(ctx, apiClients),
  staff: rowsById(ctx, staff),
})
