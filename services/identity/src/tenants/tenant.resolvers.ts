import { withTenant } from '@renmai/platform/db/db'
import { eq } from 'drizzle-orm'
import type { Resolvers } from '../gen/resolvers.ts'
import { tenants } from './tenant.table.ts'

export const tenantResolvers = {
  Query: {
    tenant: (_, _args, { db, viewer }) =>
      withTenant(db, viewer.tenantId, async (tx) => {
        const [tenant] = await tx.select().from(tenants).where(eq(tenants.tenantId, viewer.tenantId))
        return tenant
      }),
  },
  Tenant: { id: (tenant) => tenant.tenantId },
} satisfies Resolvers
