import { withTenant } from '@renmai/platform/db/db'
import { eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { ViewerKind } from '../gen/resolvers.ts'
import { type Tenant, tenants } from '../tenants/tenant.table.ts'

/** The caller of a request. */
export type ViewerRow = {
  id: string
  kind: ViewerKind
  name: string
  staffId: string | null
  clientId: string | null
  /** The subject by which a member of staff signs in; null for others. */
  subject: string | null
  tenant: Tenant
  scopes: string[]
  policies: string[]
}

/** Reads the caller: what the gateway's token states, and the name that identity knows. Null when it was removed meanwhile. */
export async function readViewer(ctx: Context): Promise<ViewerRow | null> {
  const { kind, id, tenantId, scopes } = ctx.viewer
  const [tenant] = await withTenant(ctx.db, tenantId, (tx) => tx.select().from(tenants).where(eq(tenants.tenantId, tenantId)))
  const known = await readKnown(ctx)
  if (!tenant || !known) return null
  const policies = [kind.toLowerCase()]
  return { id, kind, ...known, tenant, scopes: [...scopes].sort(), policies }
}

type Known = Pick<ViewerRow, 'name' | 'staffId' | 'clientId' | 'subject'>

async function readKnown({ viewer: { kind, id }, load }: Context): Promise<Known | undefined> {
  if (kind === 'STAFF') {
    const member = await load.staff.load(id)
    return member && { name: member.name, staffId: id, clientId: null, subject: member.subject }
  }
  if (kind === 'SERVICE') return { name: id, staffId: null, clientId: null, subject: null }
  const client = await load.apiClient.load(id)
  return client && { name: client.name, staffId: null, clientId: id, subject: null }
}
