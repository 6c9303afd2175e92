import type { QueueEntry } from '@renmai/platform/work/queue'
import type { Deps } from './context.ts'
import { expireCoupons } from './coupons/expire-coupons.ts'
import { advanceJourneys } from './journeys/advance-journeys.ts'
import { evaluateDirtyCustomers, sweepSegments } from './segments/evaluation.ts'

/** Queues of campaign. */
export const queues: QueueEntry<Deps>[] = [evaluateDirtyCustomers, sweepSegments, advanceJourneys, expireCoupons]
