import { acrossTenants } from '@renmai/platform/db/db'
import { and, asc, eq, getTableColumns, isNull, ne } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { staff } from '../staff/staff.table.ts'
import { type Tenant, tenants } from '../tenants/tenant.table.ts'

const MOST = 100

/**
 * Reads the other tenants in which a person is an active member of staff, by name. All tenants have one OIDC provider, so the same
 * subject is the same person. The rows of other tenants are visible to the relay role alone, and of them only the tenants leave here.
 */
export function readOtherTenants({ relayDb, viewer }: Pick<Context, 'relayDb' | 'viewer'>, subject: string): Promise<Tenant[]> {
  const others = and(eq(staff.subject, subject), isNull(staff.disabledAt), ne(staff.tenantId, viewer.tenantId))
  return acrossTenants(relayDb, (tx) =>
    tx
      .select(getTableColumns(tenants))
      .from(staff)
      .innerJoin(tenants, eq(tenants.tenantId, staff.tenantId))
      .where(others)
      .orderBy(asc(tenants.name), asc(tenants.tenantId))
      .limit(MOST),
  )
}
