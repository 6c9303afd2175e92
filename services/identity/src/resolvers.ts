import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { apiClientResolvers } from './api-clients/api-client.resolvers.ts'
import { attributeResolvers } from './attributes/attribute.resolvers.ts'
import { customerResolvers } from './customers/customer.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { staffResolvers } from './staff/staff.resolvers.ts'
import { tagResolvers } from './tags/tag.resolvers.ts'
import { tenantResolvers } from './tenants/tenant.resolvers.ts'
import { trustedDocumentResolvers } from './trusted-documents/trusted-document.resolvers.ts'

/** Resolvers of identity. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  tenantResolvers,
  staffResolvers,
  apiClientResolvers,
  customerResolvers,
  attributeResolvers,
  tagResolvers,
  trustedDocumentResolvers,
)
