import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Clock } from '@renmai/platform/clock'
import { type Db, type Tx, withTenant } from '@renmai/platform/db'
import { newId } from '@renmai/platform/ids'
import { publish } from '@renmai/platform/outbox'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { WebhookEndpointDisabledSchema } from '@renmai/proto/engagement/v1/events'
import { and, eq, inArray } from 'drizzle-orm'
import { FAILING_DAYS, judge, type Sent } from './delivery.rules.ts'
import { endPending } from './webhook-endpoint.queries.ts'
import { type DisabledReason, type WebhookDelivery, type WebhookEndpoint, webhookEndpoints } from './webhook-endpoint.table.ts'

/** A delivery that is this worker's to make for a while, with where to. */
export type Due = Pick<WebhookDelivery, 'id' | 'event' | 'isTest' | 'attempts' | 'attemptId' | 'createdAt'> & { endpoint: WebhookEndpoint }

/** Longer than one attempt can take, with what comes before and after it. */
const LEASE_S = 45
/** Under way to one endpoint; to one that fails, one at a time finds out whether it is there again. */
const [PER_ENDPOINT, PER_FAILING] = [8, 1]
const MAX_LOGGED = 20
const OURS_S = 10

/**
 * Takes deliveries that are due, some of each endpoint that is not busy. While they are taken they are due later: whoever
 * dies with them lets them come again.
 * @param busy the endpoint of each delivery that is under way here
 */
export function claimDeliveries(db: Db, tenantId: string, busy: readonly string[], limit: number): Promise<Due[]> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<Omit<Due, 'endpoint'> & { endpointId: string }>(
      `UPDATE webhook_deliveries SET attempt_id = $2, attempts = attempts + 1, next_at = now() + interval '${LEASE_S} seconds'
       WHERE (tenant_id, id) IN (
         SELECT d.tenant_id, d.id FROM webhook_endpoints e CROSS JOIN LATERAL (
           SELECT tenant_id, id FROM webhook_deliveries
           WHERE tenant_id = e.tenant_id AND endpoint_id = e.id AND state = 'PENDING' AND next_at <= now() ORDER BY next_at
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

/** Writes down what came of an attempt, and what follows from it for the endpoint. */
export async function record({ db, now }: { db: Db; now: Clock }, due: Due, { sent, durationMs }: { sent: Sent; durationMs: number }) {
  const { attempts, isTest, endpoint } = due
  const verdict = judge(sent, attempts, isTest, Math.random())
  const entry = { at: now().toISOString(), status: sent.status, problem: sent.problem, durationMs }
  await withTenant(db, endpoint.tenantId, async (tx) => {
    const isOurs = await settle(tx, due, {
      state: verdict.state,
      afterSeconds: verdict.state === 'PENDING' ? verdict.afterSeconds : 0,
      log: [entry],
    })
    if (!isOurs || isTest) return
    if (verdict.state === 'DELIVERED') return noteDelivered(tx, endpoint.id)
    const isHopeless = await noteFailure(tx, endpoint.id)
    const reason = verdict.state === 'FAILED' && verdict.isGone ? 'GONE' : isHopeless ? 'FAILING' : undefined
    if (reason) await stop(tx, endpoint.id, reason, now())
  })
}

/** Puts a delivery back for a reason of ours: it does not count as an attempt. */
export const postpone = (db: Db, due: Due): Promise<void> =>
  withTenant(db, due.endpoint.tenantId, async (tx) => {
    await settle(tx, due, { state: 'PENDING', afterSeconds: OURS_S * (0.5 + Math.random()), log: [], isUncounted: true })
  })

/** Ends a delivery of which this client is told nothing. */
export const skip = (db: Db, due: Due): Promise<void> =>
  withTenant(db, due.endpoint.tenantId, async (tx) => {
    await settle(tx, due, { state: 'SKIPPED', afterSeconds: 0, log: [] })
  })

/** Ends what goes to an endpoint, and says so. */
export const disable = (db: Db, { endpoint }: Due, reason: DisabledReason, now: Date): Promise<void> =>
  withTenant(db, endpoint.tenantId, (tx) => stop(tx, endpoint.id, reason, now))

type Settled = { state: WebhookDelivery['state']; afterSeconds: number; log: object[]; isUncounted?: boolean }

/** @returns whether the delivery was still this worker's */
async function settle(tx: Tx, { id, attemptId }: Due, { state, afterSeconds, log, isUncounted = false }: Settled): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `UPDATE webhook_deliveries SET state = $4, attempt_id = NULL, next_at = now() + $5 * interval '1 second',
       attempts = attempts - $6, about = CASE WHEN $6 = 1 THEN NULL ELSE about END,
       log = jsonb_path_query_array(log || $7::jsonb, '$[last - ${MAX_LOGGED - 1} to last]')
     WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3`,
    [tx.tenantId, id, attemptId, state, afterSeconds, isUncounted ? 1 : 0, JSON.stringify(log)],
  )
  return rowCount === 1
}

async function noteDelivered(tx: Tx, endpointId: string): Promise<void> {
  await tx.client.query(
    'UPDATE webhook_endpoints SET failing_since = NULL WHERE tenant_id = $1 AND id = $2 AND failing_since IS NOT NULL',
    [tx.tenantId, endpointId],
  )
}

/** @returns whether nothing was delivered for too long */
async function noteFailure(tx: Tx, endpointId: string): Promise<boolean> {
  const { rows } = await tx.client.query<{ isHopeless: boolean }>(
    `UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, now()) WHERE tenant_id = $1 AND id = $2
     RETURNING failing_since < now() - interval '${FAILING_DAYS} days' AS "isHopeless"`,
    [tx.tenantId, endpointId],
  )
  return rows[0]?.isHopeless ?? false
}

async function stop(tx: Tx, endpointId: string, reason: DisabledReason, now: Date): Promise<void> {
  const { rowCount } = await tx.client.query(
    'UPDATE webhook_endpoints SET disabled_reason = $3 WHERE tenant_id = $1 AND id = $2 AND disabled_reason IS NULL',
    [tx.tenantId, endpointId, reason],
  )
  if (rowCount === 0) return
  await endPending(tx, endpointId)
  const at = timestampFromDate(now)
  await publish(tx, WebhookEndpointDisabledSchema, { endpointId, reason, at })
  await publish(tx, ActionRecordedSchema, {
    action: 'disableWebhookEndpoint',
    actorKind: 'SERVICE',
    actorId: endpointId,
    targetId: endpointId,
    inputDigest: createHash('sha256').update(reason).digest(),
    at,
  })
}
