import type { Handler } from '@renmai/platform/events/inbox'
import { doubtWaitingMessages } from './messages/doubt-waiting-messages.ts'
import { planMessages } from './messages/plan-messages.ts'
import { keepMerges } from './profiles/keep-merges.ts'
import { mapProfiles } from './profiles/map-profiles.ts'
import { keepTemplates } from './templates/keep-templates.ts'
import { keepEntries } from './timeline/keep-entries.ts'
import { queueDeliveries } from './webhook-endpoints/queue-deliveries.ts'

/** Events that engagement consumes. */
export const handlers: Handler[] = [
  mapProfiles,
  ...keepMerges,
  keepTemplates,
  planMessages,
  doubtWaitingMessages,
  ...keepEntries,
  ...queueDeliveries,
]
