import { withTenant } from '@renmai/platform/db'
import { and, desc, eq, lt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { type AuditEntry, auditCheckpoints, auditEntries } from './audit.table.ts'
import { signAuditCheckpoint } from './sign-checkpoint.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

const MAX_CHECKPOINTS = 100

export const auditResolvers: Resolvers = {
  Query: {
    auditEntries: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? lt(auditEntries.seq, Number(page.after[0])) : undefined
        const rows = await tx
          .select()
          .from(auditEntries)
          .where(and(eq(auditEntries.tenantId, viewer.tenantId), after))
          .orderBy(desc(auditEntries.seq))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: AuditEntry) => [String(row.seq)])
      })
    },
    auditCheckpoints: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, (tx) =>
        tx
          .select()
          .from(auditCheckpoints)
          .where(eq(auditCheckpoints.tenantId, viewer.tenantId))
          .orderBy(desc(auditCheckpoints.seq))
          .limit(MAX_CHECKPOINTS),
      ),
    verifyAuditLog: (_, _args, ctx) => verifyAuditLog(ctx),
  },
  Mutation: { signAuditCheckpoint: async (_, { input }, ctx) => ({ checkpoint: await signAuditCheckpoint(ctx, input) }) },
  // A replayed answer carries its bytes as JSON, so both forms are read.
  AuditEntry: { hash: (entry) => Buffer.from(entry.hash).toString('hex') },
  AuditCheckpoint: {
    hash: (checkpoint) => Buffer.from(checkpoint.hash).toString('hex'),
    signature: (checkpoint) => Buffer.from(checkpoint.signature).toString('base64'),
    at: (checkpoint) => checkpoint.createdAt,
  },
}
