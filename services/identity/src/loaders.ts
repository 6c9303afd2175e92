import { rowsById } from '@renmai/platform/db/rows-by-id'
import { quarantineLoaders } from '@renmai/platform/quarantine/list-quarantined'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { apiClients } from './api-clients/api-client.table.ts'
import { attributeJobLoaders } from './attribute-jobs/attribute-job.loaders.ts'
import { attributeLoaders } from './attributes/attribute.loaders.ts'
import { customerLoaders } from './customers/customer.loaders.ts'
import { rulings } from './graph/ruling.table.ts'
import { matchModelLoaders } from './match-models/match-model.loaders.ts'
import { matchPairLoaders } from './match-pairs/match-pair.loaders.ts'
import { profileLoaders } from './profiles/profile.loaders.ts'
import { reviewCaseLoaders } from './review-cases/review-case.loaders.ts'
import { savedViewLoaders } from './saved-views/saved-view.loaders.ts'
import { staff } from './staff/staff.table.ts'
import { tagLoaders } from './tags/tag.loaders.ts'
import { trustedDocuments } from './trusted-documents/trusted-document.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

/** All loaders that resolvers use for many parents. Each uses one statement, whatever the number of parents. */
export const createLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  ...customerLoaders(ctx),
  ...profileLoaders(ctx),
  ...attributeLoaders(ctx),
  ...attributeJobLoaders(ctx),
  ...tagLoaders(ctx),
  ...reviewCaseLoaders(ctx),
  ...savedViewLoaders(ctx),
  ...matchModelLoaders(ctx),
  ...matchPairLoaders(ctx),
  apiClient: rowsById(ctx, apiClients),
  ruling: rowsById(ctx, rulings),
  staff: rowsById(ctx, staff),
  trustedDocument: rowsById(ctx, trustedDocuments),
  ...quarantineLoaders(ctx),
})
