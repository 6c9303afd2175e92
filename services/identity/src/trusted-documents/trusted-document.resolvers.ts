import { withTenant } from '@renmai/platform/db'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { publishDocuments } from './publish-documents.ts'
import { retireDocuments } from './retire-documents.ts'
import { trustedDocuments } from './trusted-document.table.ts'

export const trustedDocumentResolvers: Resolvers = {
  Query: {
    trustedDocuments: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? gt(trustedDocuments.hash, page.after[0]!) : undefined
        const rows = await tx
          .select()
          .from(trustedDocuments)
          .where(and(eq(trustedDocuments.tenantId, viewer.tenantId), after))
          .orderBy(asc(trustedDocuments.hash))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row) => [row.hash])
      })
    },
  },
  Mutation: {
    publishDocuments: (_, { input }, ctx) => publishDocuments(ctx, input),
    retireDocuments: (_, { input }, ctx) => retireDocuments(ctx, input),
  },
}
