import type { QueueEntry } from '@renmai/platform/work/queue'
import { setCallbacks } from './channels/set-callbacks.ts'
import { readContactDetails } from './contacts/read-contact-details.ts'
import { sendWelcomes } from './contacts/send-welcomes.ts'
import type { Deps } from './context.ts'
import { forgetRejected } from './imports/forget-rejected.ts'
import { forgetStaged } from './imports/forget-staged.ts'
import { processPushes } from './intake/process-pushes.ts'
import { registerLiveCodes } from './live-codes/register-live-codes.ts'
import { dispatchMessages } from './messages/dispatch-messages.ts'
import { runStaffTasks } from './staff-tasks/run-staff-tasks.ts'
import { forgetLeftOut } from './touchpoints/keep-left-out.ts'
import { movePendingClaims } from './touchpoints/move-pending-claims.ts'
import { resolvePending } from './touchpoints/resolve-pending.ts'
import { deliverWebhooks } from './webhook-endpoints/deliver-webhooks.ts'
import { forgetDeliveries } from './webhook-endpoints/forget-deliveries.ts'

/** Queues of engagement. */
export const queues: QueueEntry<Deps>[] = [
  processPushes,
  resolvePending,
  movePendingClaims,
  setCallbacks,
  readContactDetails,
  sendWelcomes,
  registerLiveCodes,
  dispatchMessages,
  runStaffTasks,
  deliverWebhooks,
  forgetDeliveries,
  forgetRejected,
  forgetLeftOut,
  forgetStaged,
]
