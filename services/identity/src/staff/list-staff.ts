import { type Conditions, contains, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import { isNotNull, isNull, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { StaffFilter } from '../gen/resolvers.ts'
import { type Staff, staff } from './staff.table.ts'

const CONDITIONS: Conditions<StaffFilter> = {
  state: (state) => ({ ACTIVE: isNull(staff.disabledAt), DISABLED: isNotNull(staff.disabledAt) })[state],
  role: (role) => sql`${role} = ANY(${staff.roles})`,
  nameContains: contains(staff.name),
}

/** A page of the tenant's staff. */
export function listStaff(ctx: Context, args: ListArgs & { filter?: StaffFilter | null | undefined }): Promise<Connection<Staff>> {
  const where = matching(CONDITIONS, args.filter)
  return readPage(ctx, args, { table: staff, by: staff.id, orders: { NAME: staff.name, CREATED_AT: staff.createdAt }, where })
}
