import { isId } from '@renmai/platform/serve/ids'
import type { Resolvers } from '../gen/resolvers.ts'
import { startOrderImport } from './start-order-import.ts'
import { signTicket } from './ticket.ts'

export const importResolvers = {
  Query: { orderImport: (_, { id }, { load }) => (isId(id) ? load.orderImport.load(id) : null) },
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
    rejections: async ({ id }, _args, { load }) => (await load.rejections.load(id)) ?? [],
    rejectedRows: async ({ id }, _args, { load }) => ((await load.rejections.load(id)) ?? []).reduce((sum, one) => sum + one.rows, 0),
  },
} satisfies Resolvers
