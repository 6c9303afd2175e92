import { before, type Conditions, equals, from, isPresent, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import type { TrustedDocumentFilter } from '../gen/resolvers.ts'
import { type TrustedDocument, trustedDocuments } from './trusted-document.table.ts'

const { hash: by, createdAt, retiredAt, name } = trustedDocuments
const CONDITIONS: Conditions<TrustedDocumentFilter> = {
  isRetired: isPresent(retiredAt),
  name: equals(name),
  createdFrom: from(createdAt),
  createdBefore: before(createdAt),
}

/** A page of the documents that were published, by hash unless the arguments state another order. */
export function listDocuments(
  ctx: Context,
  args: ListArgs & { filter?: TrustedDocumentFilter | null | undefined },
): Promise<Connection<TrustedDocument>> {
  const where = matching(CONDITIONS, args.filter)
  return readPage(ctx, args, { table: trustedDocuments, by, orders: { CREATED_AT: createdAt }, where })
}
