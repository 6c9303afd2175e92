import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { newId } from '@renmai/platform/serve/ids'
import { and, eq, inArray } from 'drizzle-orm'
import { transitions } from './delivery.states.ts'
import { type WebhookDelivery, type WebhookEndpoint, webhookEndpoints } from './webhook-endpoint.table.ts'

/** A delivery that this worker has claimed, with its endpoint. */
export type Due = Pick<WebhookDelivery, 'id' | 'event' | 'isTest' | 'attempts' | 'attemptId' | 'createdAt'> & { endpoint: WebhookEndpoint }

/** Longer than one attempt can take, with the steps before and after it. */
const LEASE_S = 45
/** Concurrent deliveries to one endpoint. An endpoint that fails gets one at a time, which shows whether it is back. */
const [PER_ENDPOINT, PER_FAILING] = [8, 1]
const MAX_LOGGED = 20
const OURS_S = 10

/**
 * Claims deliveries that are due, some of each endpoint that is not busy. A claim moves their due time, so that they are
 * claimed again when the worker dies.
 * @param busy the endpoint of each delivery that this worker is sending
 */
export function claimDeliveries(db: Db, tenantId: string, busy: readonly string[], limit: number): Promise<Due[]> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<Omit<Due, 'endpoint'> & { endpointId: string }>(
      `UPDATE webhook_deliveries SET attempt_id = $2, attempts = attempts + 1, next_at = now() + interval '${LEASE_S} seconds'
       WHERE (tenant_id, id) IN (
         SELECT d.tenant_id, d.id FROM webhook_endpoints e CROSS JOIN LATERAL (
           SELECT tenant_id, id FROM webhook_deliveries
           WHERE tenant_id = e.tenant_id AND endpoint_id = e.id AND ${mayGo(transitions.retry)} AND next_at <= now() ORDER BY next_at
           LIMIT greatest(0, CASE WHEN e.failing_since IS NULL THEN ${PER_ENDPOINT} ELSE ${PER_FAILING} END
             - (SELECT count(*) FROM unnest($3::uuid[]) b WHERE b = e.id)) FOR UPDATE SKIP LOCKED) d
         WHERE e.tenant_id = $1 AND e.disabled_reason IS NULL LIMIT $4)
       RETURNING id, endpoint_id AS "endpointId", event, is_test AS "isTest", attempts, attempt_id AS "attemptId", created_at AS "createdAt"`,
      [tenantId, newId(), busy, limit],
    )
    const endpoints = await endpointsOf(tx, [...new Set(rows.map((row) => row.endpointId))])
    return rows.map(({ endpointId, ...row }) => ({ ...row, endpoint: endpoints.get(endpointId)! }))
  })
}

async function endpointsOf(tx: Tx, ids: string[]): Promise<Map<string, WebhookEndpoint>> {
  const mine = and(eq(webhookEndpoints.tenantId, tx.tenantId), inArray(webhookEndpoints.id, ids))
  const rows = ids.length > 0 ? await tx.select().from(webhookEndpoints).where(mine) : []
  return new Map(rows.map((row) => [row.id, row]))
}

/** Puts a delivery back for a reason of Renmai's own: this does not count as an attempt. */
export const postpone = (db: Db, due: Due): Promise<void> =>
  withTenant(db, due.endpoint.tenantId, async (tx) => {
    await settle(tx, due, { state: transitions.retry.to, afterSeconds: OURS_S * (0.5 + Math.random()), log: [], isUncounted: true })
  })

/** Ends a delivery that has nothing to send to this client. */
export const skip = (db: Db, due: Due): Promise<void> =>
  withTenant(db, due.endpoint.tenantId, async (tx) => {
    await settle(tx, due, { state: transitions.skip.to, afterSeconds: 0, log: [] })
  })

type Settled = { state: WebhookDelivery['state']; afterSeconds: number; log: object[]; isUncounted?: boolean }

/** @returns whether this worker still held the delivery */
export async function settle(tx: Tx, { id, attemptId }: Due, { state, afterSeconds, log, isUncounted = false }: Settled): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE webhook_deliveries SET state = $4, attempt_id = NULL, next_at = now() + $5 * interval '1 second',
       attempts = attempts - $6, about = CASE WHEN $6 = 1 THEN NULL ELSE about END,
       log = jsonb_path_query_array(log || $7::jsonb, '$[last - ${MAX_LOGGED - 1} to last]')
     WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3`,
    [tx.tenantId, id, attemptId, state, afterSeconds, isUncounted ? 1 : 0, JSON.stringify(log)],
  )
  return rowCount === 1
}
