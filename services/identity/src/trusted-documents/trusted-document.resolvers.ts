import { readPage } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { publishDocuments } from './publish-documents.ts'
import { retireDocuments } from './retire-documents.ts'
import { trustedDocuments } from './trusted-document.table.ts'

export const trustedDocumentResolvers = {
  Query: {
    trustedDocuments: (_, args, ctx) => readPage(ctx, args, { table: trustedDocuments, by: trustedDocuments.hash }),
  },
  Mutation: {
    publishDocuments: (_, { input }, ctx) => publishDocuments(ctx, input),
    retireDocuments: (_, { input }, ctx) => retireDocuments(ctx, input),
  },
} satisfies Resolvers
