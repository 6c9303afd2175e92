import { readPage } from '@renmai/platform/db/read-page'
import { isId } from '@renmai/platform/serve/ids'
import type { ImportNoteKind, Resolvers } from '../gen/resolvers.ts'
import { forgottenAt } from './forget-rejected.ts'
import { importsBy } from './import.queries.ts'
import { orderImports } from './import.table.ts'
import { startOrderImport } from './start-order-import.ts'
import { signTicket } from './ticket.ts'

const { id: by } = orderImports

export const importResolvers = {
  Query: {
    orderImport: (_, { id }, { load }) => (isId(id) ? load.orderImport.load(id) : null),
    orderImports: (_, { filter, ...args }, ctx) =>
      // Ids sort by their time.
      readPage(ctx, args, { table: orderImports, by, order: 'desc', orders: { CREATED_AT: by }, where: importsBy(filter) }),
  },
  Mutation: {
    startOrderImport: async (_, { input }, ctx) => {
      const { id } = await startOrderImport(ctx, input)
      const path = `/v1/imports/${ctx.viewer.tenantId}/${id}`
      const ticket = signTicket(ctx.ticketKey, { tenantId: ctx.viewer.tenantId, importId: id }, ctx.viewer, ctx.now())
      return {
        import: await ctx.load.orderImport.load(id),
        uploadPath: `${path}?ticket=${ticket}`,
        errorFilePath: `${path}/errors.csv?ticket=${ticket}`,
      }
    },
  },
  OrderImport: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.orderImport.load(id) : undefined),
    rejections: async ({ id }, _args, { load }) => (await load.rejections.load(id)) ?? [],
    notes: ({ notes }) => Object.entries(notes).map(([kind, note]) => ({ kind: kind as ImportNoteKind, ...note })),
    rejectedRows: ({ id }, args, { load }) => load.rejectedRows(id, args),
  },
  RejectedRow: {
    __resolveReference: ({ id }, { load }) => (isId(id) ? load.rejectedRow.load(id) : undefined),
    valuesKeptUntil: ({ fields, createdAt }) => (fields ? forgottenAt(createdAt) : null),
  },
} satisfies Resolvers
