import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { auditCheckpoints, auditEntries } from './audit.table.ts'

export const auditLoaders = (ctx: BaseContext) => ({
  auditCheckpoint: rowsById(ctx, auditCheckpoints),
  /** By the place in the chain, as text. */
  auditEntry: rowsById(ctx, auditEntries, { by: 'seq' }),
})
