import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'

/** The questions that the gateway asks over the bus; its user of NATS may ask no others. */
export const ASKS = [
  IdentityService.method.authenticateClient,
  IdentityService.method.authorizeApiKey,
  IdentityService.method.authorizeStaff,
  IdentityService.method.authorizeViewer,
  IdentityService.method.findDocument,
  AnalyticsService.method.readBulkFile,
]
