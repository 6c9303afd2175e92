import type { Transition } from '@renmai/platform/db/transition'
import { BulkOperationFinishedSchema } from '@renmai/proto/analytics/v1/events'
import type { BulkStatus } from './bulk-operation.table.ts'

/** Transitions of a bulk operation. */
export const transitions = {
  /** Another process may run it again when the lease of the previous one has expired. */
  run: { from: ['CREATED', 'RUNNING'], to: 'RUNNING', event: null },
  complete: { from: ['RUNNING'], to: 'COMPLETED', event: BulkOperationFinishedSchema },
  fail: { from: ['RUNNING'], to: 'FAILED', event: BulkOperationFinishedSchema },
  cancel: { from: ['CREATED', 'RUNNING'], to: 'CANCELED', event: BulkOperationFinishedSchema },
  /** Its file is deleted. */
  expire: { from: ['COMPLETED'], to: 'EXPIRED', event: null },
} as const satisfies Record<string, Transition<BulkStatus>>
