import type { QueueEntry } from '@renmai/platform/work/queue'
import { setCallbacks } from './channels/set-callbacks.ts'
import { readContactDetails } from './contacts/read-contact-details.ts'
import { sendWelcomes } from './contacts/send-welcomes.ts'
import type { Deps } from './context.ts'
import { forgetRejected } from './imports/forget-rejected.ts'
import { processPushes } from './intake/process-pushes.ts'
import { registerLiveCodes } from './live-codes/register-live-codes.ts'
import { dispatchMessages } from './messages/dispatch-messages.ts'
import { resolvePending } from './touchpoints/resolve-pending.ts'
import { deliverWebhooks } from './webhook-endpoints/deliver-webhooks.ts'
import { forgetDeliveries } from './webhook-endpoints/forget-deliveries.ts'

/** Queues of engagement. */
export const queues: QueueEntry<Deps>[] = [
  processPushes,
  resolvePending,
  setCallbacks,
  readContactDetails,
  sendWelcomes,
  registerLiveCodes,
  dispatchMessages,
  deliverWebhooks,
  forgetDeliveries,
  forgetRejected,
]
