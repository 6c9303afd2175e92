import { type Db, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, isNull } from 'drizzle-orm'
import { scopesOf } from './role.rules.ts'
import { staff } from './staff.table.ts'

/** Returns to the gateway the member of staff of a token's subject, with their scopes. */
export const authorizeStaff = (db: Db) =>
  answer(IdentityService.method.authorizeStaff, ({ tenantId, subject }) =>
    withTenant(db, tenantId, async (tx) => {
      const active = and(eq(staff.tenantId, tenantId), eq(staff.subject, subject), isNull(staff.disabledAt))
      const [found] = await tx.select().from(staff).where(active)
      return found ? { staffId: found.id, scopes: scopesOf(found.roles) } : {}
    }),
  )
