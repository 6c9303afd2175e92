import { withTenant } from '@renmai/platform/db/db'
import { currentTenant } from '@renmai/platform/db/tenants'
import { live } from '@renmai/platform/serve/resolvers'
import type { Context } from '../context.ts'
import type { Resolvers, SubscriptionKpiChangedArgs } from '../gen/resolvers.ts'
import { readKpis } from './read-kpis.ts'
import { selectedMetrics } from './selected-metrics.ts'

export const kpiResolvers = {
  Query: { kpis: (_, args, ctx, info) => readKpis(ctx, args, selectedMetrics(info)) },
  Subscription: {
    kpiChanged: live(async (_event, { currency, in: wanted }: SubscriptionKpiChangedArgs, ctx: Context, info) => {
      const today = await todayOf(ctx)
      return readKpis(ctx, { from: today, to: today, currency, in: wanted }, selectedMetrics(info))
    }),
  },
} satisfies Resolvers

/** Today in the tenant's zone, as YYYY-MM-DD. */
async function todayOf({ db, viewer, now }: Context): Promise<string> {
  const { zone } = await withTenant(db, viewer.tenantId, currentTenant)
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(now())
}
