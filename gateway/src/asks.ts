import { AnalyticsService } from '@renmai/proto/analytics/v1/analytics_service'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'

/** The requests that the gateway sends over the bus; its user of NATS may send no others. */
export const ASKS = [
  IdentityService.method.authenticateClient,
  IdentityService.method.authorizeApiKey,
  IdentityService.method.authorizeStaff,
  IdentityService.method.authorizeViewer,
  IdentityService.method.findDocument,
  AnalyticsService.method.readBulkFile,
]
