import { mergeResolvers } from '@renmai/platform/serve/resolvers'
import { scalars } from '@renmai/platform/serve/scalars'
import { apiClientResolvers } from './api-clients/api-client.resolvers.ts'
import { attributeJobResolvers } from './attribute-jobs/attribute-job.resolvers.ts'
import { attributeResolvers } from './attributes/attribute.resolvers.ts'
import { customerResolvers } from './customers/customer.resolvers.ts'
import type { Resolvers, ResolversParentTypes } from './gen/resolvers.ts'
import { rulingResolvers } from './graph/ruling.resolvers.ts'
import { matchExplanationResolvers } from './match-explanations/match-explanation.resolvers.ts'
import { matchModelResolvers } from './match-models/match-model.resolvers.ts'
import { preferenceResolvers } from './preferences/preference.resolvers.ts'
import { profileResolvers } from './profiles/profile.resolvers.ts'
import { quarantinedItemResolvers } from './quarantine/quarantined-item.resolvers.ts'
import { resolutionResolvers } from './resolutions/resolution.resolvers.ts'
import { reviewCaseResolvers } from './review-cases/review-case.resolvers.ts'
import { savedViewResolvers } from './saved-views/saved-view.resolvers.ts'
import { staffResolvers } from './staff/staff.resolvers.ts'
import { tagResolvers } from './tags/tag.resolvers.ts'
import { tenantResolvers } from './tenants/tenant.resolvers.ts'
import { trustedDocumentResolvers } from './trusted-documents/trusted-document.resolvers.ts'
import { viewerResolvers } from './viewer/viewer.resolvers.ts'

/** Resolvers of identity. */
export const resolvers = mergeResolvers<Resolvers, ResolversParentTypes>()(
  scalars,
  tenantResolvers,
  staffResolvers,
  apiClientResolvers,
  customerResolvers,
  profileResolvers,
  rulingResolvers,
  reviewCaseResolvers,
  matchModelResolvers,
  matchExplanationResolvers,
  resolutionResolvers,
  attributeResolvers,
  attributeJobResolvers,
  tagResolvers,
  trustedDocumentResolvers,
  viewerResolvers,
  preferenceResolvers,
  savedViewResolvers,
  quarantinedItemResolvers,
)
