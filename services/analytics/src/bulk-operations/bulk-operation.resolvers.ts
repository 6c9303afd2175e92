import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import { live } from '@renmai/platform/serve/resolvers'
import type { Context } from '../context.ts'
import type { Resolvers } from '../gen/resolvers.ts'
import { reasonOf } from './bulk-operation.rules.ts'
import { cancelBulkOperation } from './cancel-bulk-operation.ts'
import { KEEP_DAYS } from './expire-files.ts'
import { listBulkOperations } from './list-bulk-operations.ts'
import { runBulkQuery } from './run-bulk-query.ts'
import { signTicket } from './ticket.rules.ts'

/** A viewer that has lost a scope since the file was made gets no link to it. */
const hasAll = (held: ReadonlySet<string>, needed: readonly string[] = []) => needed.every((scope) => held.has(scope))

const DAY_MS = 24 * 3_600_000
const find = (id: string, { load }: Context) => (isId(id) ? load.bulkOperation.load(id) : undefined)

export const bulkOperationResolvers = {
  Subscription: { bulkOperationFinished: live(({ operationId }, _args, ctx: Context) => find(operationId!, ctx)) },
  Query: {
    bulkOperation: (_, { id }, ctx) => find(id, ctx) ?? null,
    bulkOperations: (_, args, ctx) => readPage(ctx, args, listBulkOperations(ctx.viewer, args)),
  },
  Mutation: {
    runBulkQuery: async (_, { input }, ctx) => ({
      operation: await ctx.load.bulkOperation.load((await runBulkQuery(ctx, input)).id),
    }),
    cancelBulkOperation: async (_, { input }, ctx) => ({
      operation: await ctx.load.bulkOperation.load((await cancelBulkOperation(ctx, input)).id),
    }),
  },
  BulkOperation: {
    __resolveReference: ({ id }, ctx) => find(id, ctx),
    state: ({ status }) => status,
    query: ({ document }) => document,
    errorCode: ({ errorCode }) => (errorCode === null ? null : reasonOf(errorCode)),
    url: ({ id, status, scopes }, _args, { viewer, ticketKey, gatewayUrl, now }) =>
      status === 'COMPLETED' && hasAll(viewer.scopes, scopes)
        ? `${gatewayUrl}/bulk/${viewer.tenantId}/${id}.jsonl?ticket=${signTicket(ticketKey, viewer.tenantId, id, viewer.id, now())}`
        : null,
    expiresAt: ({ endedAt, status }) => (endedAt && status === 'COMPLETED' ? new Date(endedAt.getTime() + KEEP_DAYS * DAY_MS) : null),
  },
} satisfies Resolvers
