import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { attributionResolvers } from './attribution/attribution.resolvers.ts'
import { bulkOperationResolvers } from './bulk-operations/bulk-operation.resolvers.ts'
import { exchangeRateResolvers } from './exchange-rates/exchange-rate.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { kpiResolvers } from './kpis/kpi.resolvers.ts'
import { quarantinedItemResolvers } from './quarantine/quarantined-item.resolvers.ts'
import { rfmResolvers } from './rfm/rfm.resolvers.ts'

/** Resolvers of analytics. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  rfmResolvers,
  attributionResolvers,
  kpiResolvers,
  exchangeRateResolvers,
  bulkOperationResolvers,
  quarantinedItemResolvers,
)
