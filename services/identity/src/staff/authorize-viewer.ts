import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { isId } from '@renmai/platform/serve/ids'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, isNull } from 'drizzle-orm'
import { apiClients } from '../api-clients/api-client.table.ts'
import { isUsable } from '../api-clients/api-client.ts'
import { scopesOf } from './role.rules.ts'
import { staff } from './staff.table.ts'

/** Tells what somebody may do now, for what goes on in their name without a token or a key of theirs. */
export const authorizeViewer = (db: Db) =>
  answer(IdentityService.method.authorizeViewer, async ({ tenantId, kind, viewerId }) => {
    if (!isId(viewerId)) return {}
    return withTenant(db, tenantId, (tx) => (kind === 'STAFF' ? authorizeStaff(tx, viewerId) : authorizeClient(tx, viewerId)))
  })

async function authorizeStaff(tx: Tx, id: string) {
  const active = and(eq(staff.tenantId, tx.tenantId), eq(staff.id, id), isNull(staff.disabledAt))
  const [found] = await tx.select().from(staff).where(active)
  return found ? { isActive: true, scopes: scopesOf(found.roles) } : {}
}

async function authorizeClient(tx: Tx, id: string) {
  const [found] = await tx
    .select()
    .from(apiClients)
    .where(and(isUsable(tx), eq(apiClients.id, id)))
  return found ? { isActive: true, scopes: found.scopes, plan: found.plan, isPartner: found.kind === 'PARTNER' } : {}
}
