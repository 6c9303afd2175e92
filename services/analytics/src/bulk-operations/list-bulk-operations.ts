import { anyOf, before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import type { Listed } from '@renmai/platform/db/read-page'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { and } from 'drizzle-orm'
import type { BulkOperationFilter } from '../gen/resolvers.ts'
import { isOwn } from './bulk-operation.queries.ts'
import { bulkOperations } from './bulk-operation.table.ts'

const CONDITIONS: Conditions<BulkOperationFilter> = {
  state: equals(bulkOperations.status),
  states: anyOf(bulkOperations.status),
  createdFrom: from(bulkOperations.createdAt),
  createdBefore: before(bulkOperations.createdAt),
}

type Args = { filter?: BulkOperationFilter | null | undefined }

/** The viewer's own operations that a filter leaves, newest first. One viewer has few, which the index on the viewer finds. */
export const listBulkOperations = (viewer: Viewer, { filter }: Args): Listed<typeof bulkOperations> => ({
  table: bulkOperations,
  by: bulkOperations.id,
  order: 'desc',
  orders: { CREATED_AT: bulkOperations.createdAt },
  where: and(isOwn(viewer), matching(CONDITIONS, filter)),
})
