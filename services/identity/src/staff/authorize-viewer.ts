import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { answer } from '@renmai/platform/events/ask'
import { isId } from '@renmai/platform/serve/ids'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { sql } from 'drizzle-orm'
import { apiClients } from '../api-clients/api-client.table.ts'
import { isUsable } from '../api-clients/api-client.ts'
import { scopesOf } from './role.rules.ts'
import { staff } from './staff.table.ts'

/** Returns what a viewer may do now, for work that runs in the viewer's name without a token or key. */
export const authorizeViewer = (db: Db) =>
  answer(IdentityService.method.authorizeViewer, async ({ tenantId, kind, viewerId }) => {
    if (!isId(viewerId)) return {}
    return withTenant(db, tenantId, (tx) => (kind === 'STAFF' ? authorizeStaff(tx, viewerId) : authorizeClient(tx, viewerId)))
  })

async function authorizeStaff(tx: Tx, id: string) {
  const [found] = await tx
    .select()
    .from(staff)
    .where(mine(tx, staff, id))
  if (!found) return {}
  return found.disabledAt ? { isKnown: true } : { isKnown: true, isActive: true, scopes: scopesOf(found.roles) }
}

async function authorizeClient(tx: Tx, id: string) {
  const [found] = await tx
    .select({ client: apiClients, isActive: sql<boolean>`${isUsable(tx)}` })
    .from(apiClients)
    .where(mine(tx, apiClients, id))
  if (!found) return {}
  const { scopes, plan, kind } = found.client
  return found.isActive ? { isKnown: true, isActive: true, scopes, plan, isPartner: kind === 'PARTNER' } : { isKnown: true }
}
