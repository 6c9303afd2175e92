import { type Db, type Tx } from '@renmai/platform/db'
import { type WebhookDelivery, type WebhookEndpoint } from './webhook-endpoint.table.ts'
/** A delivery that is this worker's to make for a while, with where to. */
export type Due = Pick<WebhookDelivery, 'id' | 'event' | 'isTest' | 'attempts' | 'attemptId' | 'createdAt'> & {
  endpoint: WebhookEndpoint
}
/**
 * Takes deliveries that are due, some of each endpoint that is not busy. While they are taken they are due later: whoever
 * dies with them lets them come again.
 * @param busy the endpoint of each delivery that is under way here
 */
export declare function claimDeliveries(db: Db, tenantId: string, busy: readonly string[], limit: number): Promise<Due[]>
/** Puts a delivery back for a reason of ours: it does not count as an attempt. */
export declare const postpone: (db: Db, due: Due) => Promise<void>
/** Ends a delivery of which this client is told nothing. */
export declare const skip: (db: Db, due: Due) => Promise<void>
type Settled = {
  state: WebhookDelivery['state']
  afterSeconds: number
  log: object[]
  isUncounted?: boolean
}
/** @returns whether the delivery was still this worker's */
export declare function settle(tx: Tx, { id, attemptId }: Due, { state, afterSeconds, log, isUncounted }: Settled): Promise<boolean>
export {}
