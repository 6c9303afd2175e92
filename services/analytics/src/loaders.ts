import { follower } from '@renmai/platform/db/moved-ids'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import { quarantineLoaders } from '@renmai/platform/quarantine/list-quarantined'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { isOwn } from './bulk-operations/bulk-operation.queries.ts'
import { bulkOperations } from './bulk-operations/bulk-operation.table.ts'
import { exchangeRateLoaders } from './exchange-rates/exchange-rate.loaders.ts'
import { merged } from './profiles/merged-customer.table.ts'
import { rfmLoaders } from './rfm/rfm.loaders.ts'

export type Loaders = ReturnType<typeof createLoaders>

export function createLoaders(ctx: BaseContext & { readonly cursors: Cursors }) {
  return {
    bulkOperation: rowsById(ctx, bulkOperations, { where: isOwn(ctx.viewer) }),
    /** The id of the customer that a customer is part of now. */
    currentCustomer: follower(ctx, merged),
    ...rfmLoaders(ctx),
    ...exchangeRateLoaders(ctx),
    ...quarantineLoaders(ctx),
  }
}
