import type { Transition } from '@renmai/platform/db/transition'
import type { WebhookDelivery } from './webhook-endpoint.table.ts'

/** Transitions of a delivery. A claim is a lease and leaves the delivery pending. */
export const transitions = {
  deliver: { from: ['PENDING'], to: 'DELIVERED', event: null },
  retry: { from: ['PENDING'], to: 'PENDING', event: null },
  fail: { from: ['PENDING'], to: 'FAILED', event: null },
  /** There is nothing to send to the client. */
  skip: { from: ['PENDING'], to: 'SKIPPED', event: null },
  replay: { from: ['DELIVERED', 'FAILED', 'SKIPPED'], to: 'PENDING', event: null },
} as const satisfies Record<string, Transition<WebhookDelivery['state']>>
