import { type Db, withTenant } from '@renmai/platform/db/db'
import { rememberTenant } from '@renmai/platform/db/tenants'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { currencyCode } from '@renmai/platform/serve/money'
import { parse } from '@renmai/platform/serve/parse'
import { timeZone } from '@renmai/platform/serve/zone'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { z } from 'zod'
import { staff } from '../staff/staff.table.ts'
import { tenants } from './tenant.table.ts'

const Input = z.object({
  tenantId: z.uuid(),
  name: z.string().min(1).max(200),
  zone: timeZone,
  currency: currencyCode,
  ownerSubject: z.string().min(1).max(255),
})

/** Creates a tenant with its first owner. For operators: there is no tenant yet whose scope could allow it. */
export async function createTenant(db: Db, raw: z.input<typeof Input>): Promise<string> {
  const { tenantId, name, zone, currency, ownerSubject } = parse(Input, raw)
  return withTenant(db, tenantId, async (tx) => {
    const created = await tx.insert(tenants).values({ tenantId, name, zone, currency }).onConflictDoNothing().returning()
    if (created.length === 0) return tenantId
    await tx.insert(staff).values({ tenantId, id: newId(), subject: ownerSubject, name: 'Owner', roles: ['OWNER'] })
    await rememberTenant(tx, { tenantId, zone, currency })
    await publish(tx, TenantCreatedSchema, { zone, currency })
    return tenantId
  })
}
