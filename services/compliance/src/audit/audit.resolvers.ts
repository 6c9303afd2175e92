import { readFirst, readPage } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { auditCheckpoints, auditEntries } from './audit.table.ts'
import { signAuditCheckpoint } from './sign-audit-checkpoint.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

const MAX_CHECKPOINTS = 100

export const auditResolvers = {
  Query: {
    auditEntries: (_, args, ctx) => readPage(ctx, args, { table: auditEntries, by: auditEntries.seq, order: 'desc' }),
    auditCheckpoints: (_, _args, ctx) =>
      readFirst(ctx, MAX_CHECKPOINTS, { table: auditCheckpoints, by: auditCheckpoints.seq, order: 'desc' }),
    verifyAuditLog: (_, _args, ctx) => verifyAuditLog(ctx),
  },
  Mutation: {
    signAuditCheckpoint: async (_, { input }, ctx) => {
      const { id } = await signAuditCheckpoint(ctx, input)
      return { checkpoint: id ? await ctx.load.auditCheckpoint.load(id) : null }
    },
  },
  AuditEntry: { hash: (entry) => entry.hash.toString('hex') },
  AuditCheckpoint: {
    hash: (checkpoint) => checkpoint.hash.toString('hex'),
    signature: (checkpoint) => checkpoint.signature.toString('base64'),
    at: (checkpoint) => checkpoint.createdAt,
  },
} satisfies Resolvers
