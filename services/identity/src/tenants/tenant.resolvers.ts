import { readFirst } from '@renmai/platform/db/read-page'
import type { Resolvers } from '../gen/resolvers.ts'
import { tenants } from './tenant.table.ts'

export const tenantResolvers = {
  Query: {
    tenant: async (_, _args, ctx) => (await readFirst(ctx, 1, { table: tenants, by: tenants.tenantId }))[0],
  },
  Tenant: { id: (tenant) => tenant.tenantId },
} satisfies Resolvers
