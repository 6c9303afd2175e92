import { isId } from '@renmai/platform/serve/ids'
import { type Resolvers, StaffState } from '../gen/resolvers.ts'
import { addStaff } from './add-staff.ts'
import { disableStaff, enableStaff } from './disable-staff.ts'
import { listStaff } from './list-staff.ts'
import { updateStaff } from './update-staff.ts'

export const staffResolvers = {
  Query: {
    staffMember: (_, { id }, ctx) => (isId(id) ? ctx.load.staff.load(id) : null),
    staff: (_, args, ctx) => listStaff(ctx, args),
  },
  Mutation: {
    addStaff: async (_, { input }, ctx) => ({ staff: await ctx.load.staff.load((await addStaff(ctx, input)).id) }),
    updateStaff: async (_, { input }, ctx) => ({ staff: await ctx.load.staff.load((await updateStaff(ctx, input)).id) }),
    disableStaff: async (_, { input }, ctx) => ({ staff: await ctx.load.staff.load((await disableStaff(ctx, input)).id) }),
    enableStaff: async (_, { input }, ctx) => ({ staff: await ctx.load.staff.load((await enableStaff(ctx, input)).id) }),
  },
  Staff: {
    __resolveReference: ({ id }, ctx) => ctx.load.staff.load(id),
    state: ({ disabledAt }) => (disabledAt ? StaffState.Disabled : StaffState.Active),
  },
} satisfies Resolvers
