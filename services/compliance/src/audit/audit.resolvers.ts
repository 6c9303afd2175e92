import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { entryId, seqOfEntry } from './entry-id.rules.ts'
import { listAuditCheckpoints } from './list-audit-checkpoints.ts'
import { listAuditEntries } from './list-audit-entries.ts'
import { signAuditCheckpoint } from './sign-audit-checkpoint.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

export const auditResolvers = {
  Query: {
    auditEntries: (_, args, ctx) => readPage(ctx, args, listAuditEntries(args)),
    auditCheckpoints: (_, args, ctx) => readPage(ctx, args, listAuditCheckpoints(args)),
    verifyAuditLog: (_, _args, ctx) => verifyAuditLog(ctx),
  },
  Mutation: {
    signAuditCheckpoint: async (_, { input }, ctx) => {
      const { id } = await signAuditCheckpoint(ctx, input)
      return { checkpoint: id ? await ctx.load.auditCheckpoint.load(id) : null }
    },
  },
  AuditEntry: {
    __resolveReference: ({ id }, { load, viewer }) => {
      const seq = seqOfEntry(viewer.tenantId, id)
      return seq === undefined ? null : load.auditEntry.load(String(seq))
    },
    id: ({ tenantId, seq }) => entryId(tenantId, seq),
    actedAt: ({ at }) => at,
    hash: ({ hash }) => hash.toString('hex'),
  },
  AuditCheckpoint: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.auditCheckpoint.load(id) : null),
    hash: ({ hash }) => hash.toString('hex'),
    signature: ({ signature }) => signature.toString('base64'),
    signedAt: ({ createdAt }) => createdAt,
  },
} satisfies Resolvers
