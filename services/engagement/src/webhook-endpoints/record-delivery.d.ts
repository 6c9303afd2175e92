import type { Clock } from '@renmai/platform/clock'
import { type Db } from '@renmai/platform/db'
import { type Due } from './delivery.queries.ts'
import { type Sent } from './delivery.rules.ts'
import type { DisabledReason } from './webhook-endpoint.table.ts'
/** Writes down what came of an attempt, and what follows from it for the endpoint. */
export declare function record(
  {
    db,
    now,
  }: {
    db: Db
    now: Clock
  },
  due: Due,
  {
    sent,
    durationMs,
  }: {
    sent: Sent
    durationMs: number
  },
): Promise<void>
/** Ends what goes to an endpoint, and says so. */
export declare const disable: (db: Db, { endpoint }: Due, reason: DisabledReason, now: Date) => Promise<void>
