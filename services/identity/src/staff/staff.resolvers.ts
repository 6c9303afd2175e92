import { readPage } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { addStaff } from './add-staff.ts'
import { disableStaff } from './disable-staff.ts'
import { staff } from './staff.table.ts'

export const staffResolvers = {
  Query: {
    staff: (_, args, ctx) => readPage(ctx, args, { table: staff, by: staff.id }),
  },
  Mutation: {
    addStaff: async (_, { input }, ctx) => ({ staff: await ctx.load.staff.load((await addStaff(ctx, input)).id) }),
    disableStaff: async (_, { input }, ctx) => ({ staff: await ctx.load.staff.load((await disableStaff(ctx, input)).id) }),
  },
  Staff: { isActive: (member) => member.disabledAt === null },
} satisfies Resolvers
