import { withTenant } from '@renmai/platform/db'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { addStaff } from './add-staff.ts'
import { disableStaff } from './disable-staff.ts'
import { type Staff, staff } from './staff.table.ts'

export const staffResolvers: Resolvers = {
  Query: {
    staff: (_, args, { db, viewer, cursors }) => {
      const page = cursors.read(args, viewer.tenantId)
      return withTenant(db, viewer.tenantId, async (tx) => {
        const after = page.after ? gt(staff.id, page.after[0]!) : undefined
        const rows = await tx
          .select()
          .from(staff)
          .where(and(eq(staff.tenantId, viewer.tenantId), after))
          .orderBy(asc(staff.id))
          .limit(page.limit + 1)
        return cursors.connection(rows, page, viewer.tenantId, (row: Staff) => [row.id])
      })
    },
  },
  Mutation: {
    addStaff: async (_, { input }, ctx) => ({ staff: await addStaff(ctx, input) }),
    disableStaff: async (_, { input }, ctx) => ({ staff: await disableStaff(ctx, input) }),
  },
  Staff: { isActive: (member) => member.disabledAt === null },
}
