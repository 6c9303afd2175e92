import type { Resolvers } from '../gen/resolvers.ts'
import { listDocuments } from './list-documents.ts'
import { publishDocuments } from './publish-documents.ts'
import { retireDocuments } from './retire-documents.ts'

export const trustedDocumentResolvers = {
  Query: {
    trustedDocuments: (_, args, ctx) => listDocuments(ctx, args),
  },
  Mutation: {
    publishDocuments: (_, { input }, ctx) => publishDocuments(ctx, input),
    retireDocuments: (_, { input }, ctx) => retireDocuments(ctx, input),
  },
  TrustedDocument: { __resolveReference: ({ id }, ctx) => ctx.load.trustedDocument.load(id) },
} satisfies Resolvers
