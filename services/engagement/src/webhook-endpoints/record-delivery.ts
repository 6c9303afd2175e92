import { createHash } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import type { Clock } from '@renmai/platform/serve/clock'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { WebhookEndpointDisabledSchema } from '@renmai/proto/engagement/v1/events'
import { endPending } from './change-endpoint.ts'
import { type Due, settle } from './claim-deliveries.ts'
import { FAILING_DAYS, judge, type Sent, type Verdict } from './delivery.rules.ts'
import type { DisabledReason } from './webhook-endpoint.table.ts'

/** Records the result of an attempt, and its consequence for the endpoint. */
export async function recordDelivery(
  { db, now }: { db: Db; now: Clock },
  due: Due,
  { sent, durationMs }: { sent: Sent; durationMs: number },
) {
  const { attempts, isTest, endpoint } = due
  const verdict = judge(sent, attempts, isTest, Math.random())
  const entry = { at: now().toISOString(), status: sent.status, problem: sent.problem, durationMs }
  await withTenant(db, endpoint.tenantId, async (tx) => {
    // Locks the endpoint before its delivery, in the same order as a transaction that ends all waiting deliveries: no deadlock.
    const reason = isTest ? undefined : await note(tx, endpoint.id, verdict)
    const afterSeconds = verdict.state === 'PENDING' ? verdict.afterSeconds : 0
    const isOurs = await settle(tx, due, { state: verdict.state, afterSeconds, log: [entry] })
    if (isOurs && reason) await stop(tx, endpoint.id, reason, now())
  })
}

/** @returns the reason to disable the endpoint; undefined when there is none */
async function note(tx: Tx, endpointId: string, verdict: Verdict): Promise<DisabledReason | undefined> {
  if (verdict.state === 'DELIVERED') return noteDelivered(tx, endpointId)
  const isHopeless = await noteFailure(tx, endpointId)
  if (verdict.state === 'FAILED' && verdict.isGone) return 'GONE'
  return isHopeless ? 'FAILING' : undefined
}

/** Disables an endpoint, ends its waiting deliveries, and publishes this. */
export const disable = (db: Db, { endpoint }: Due, reason: DisabledReason, now: Date): Promise<void> =>
  withTenant(db, endpoint.tenantId, (tx) => stop(tx, endpoint.id, reason, now))

async function noteDelivered(tx: Tx, endpointId: string): Promise<undefined> {
  await tx.client.query(
    'UPDATE webhook_endpoints SET failing_since = NULL WHERE tenant_id = $1 AND id = $2 AND failing_since IS NOT NULL',
    [tx.tenantId, endpointId],
  )
}

/** @returns whether all deliveries have failed for too long */
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
