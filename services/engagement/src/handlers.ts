import type { Handler } from '@renmai/platform/events/inbox'
import { planMessages } from './messages/plan-messages.ts'
import { mapProfiles } from './profiles/map-profiles.ts'
import { keepTemplates } from './templates/keep-templates.ts'
import { queueDeliveries } from './webhook-endpoints/queue-deliveries.ts'

/** Events that engagement consumes. */
export const handlers: Handler[] = [mapProfiles, keepTemplates, planMessages, ...queueDeliveries]
