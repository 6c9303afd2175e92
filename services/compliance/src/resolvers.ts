import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { auditResolvers } from './audit/audit.resolvers.ts'
import { consentResolvers } from './consents/consent.resolvers.ts'
import { decisionResolvers } from './decisions/decision.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { purposeResolvers } from './purposes/purpose.resolvers.ts'
import { quarantinedItemResolvers } from './quarantine/quarantined-item.resolvers.ts'

/** Resolvers of compliance. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  purposeResolvers,
  consentResolvers,
  decisionResolvers,
  auditResolvers,
  quarantinedItemResolvers,
)
