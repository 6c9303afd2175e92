// Written by npm run compose.
import { BulkOperationFinishedSchema } from '@renmai/proto/analytics/v1/events'
import { SegmentEnteredSchema, SegmentLeftSchema } from '@renmai/proto/campaign/v1/events'
import { MessageReceivedSchema, WebhookEndpointDisabledSchema } from '@renmai/proto/engagement/v1/events'
import { CustomerChangedSchema, CustomerSplitSchema, CustomersMergedSchema, ProfileLinkedSchema, TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'

/** Events of subscriptions that webhooks may name. */
export const WEBHOOK_EVENTS = [
  BulkOperationFinishedSchema,
  SegmentEnteredSchema,
  SegmentLeftSchema,
  MessageReceivedSchema,
  WebhookEndpointDisabledSchema,
  CustomerChangedSchema,
  CustomerSplitSchema,
  CustomersMergedSchema,
  ProfileLinkedSchema,
  TagAddedSchema,
  TagRemovedSchema,
] as const
