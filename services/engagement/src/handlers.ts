import type { Handler } from '@renmai/platform/events/inbox'
import { onMessageRequested } from './messages/on-message-requested.ts'
import { onProfileLinked } from './profiles/on-profile-linked.ts'
import { onTemplatePublished } from './templates/on-template-published.ts'
import { queueDeliveries } from './webhook-endpoints/queue-deliveries.ts'

/** What engagement listens to. */
export const handlers: Handler[] = [onProfileLinked, onTemplatePublished, onMessageRequested, ...queueDeliveries]
