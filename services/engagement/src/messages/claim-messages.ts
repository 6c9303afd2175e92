import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { isIn, transitions } from './message.states.ts'
import type { Message } from './message.table.ts'

const { claim, postpone: later, block: end, handOver, lose } = transitions

const SHAPE = `tenant_id AS "tenantId", id, profile_id AS "profileId", channel, purpose, template_id AS "templateId",
  template_version AS "templateVersion", variables, attempt_id AS "attemptId", attempts`

/** Claims messages that are due, for 60 seconds. The attempt's id fences off a worker that was too slow. */
export function claimMessages(db: Db, tenantId: string, limit: number): Promise<Message[]> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<Message>(
      `UPDATE messages SET state = '${claim.to}', attempt_id = $2, lease_until = now() + interval '60 seconds', attempts = attempts + 1
       WHERE (tenant_id, id) IN (
         SELECT tenant_id, id FROM messages WHERE tenant_id = $1 AND ${mayGo(claim)} AND next_at <= now() ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING ${SHAPE}`,
      [tenantId, newId(), limit],
    )
    return rows
  })
}

/**
 * Settles messages of dead workers. A message that was only claimed is planned again. A message that was being handed over
 * may have been accepted, so it becomes UNKNOWN and is never sent again automatically.
 * @returns number of settled messages
 */
export async function settleAbandoned(tx: Tx, now: Date): Promise<number> {
  const planned = await tx.client.query(
    `UPDATE messages SET state = '${later.to}', attempt_id = NULL WHERE tenant_id = $1 AND ${mayGo(later)} AND lease_until < now()`,
    [tx.tenantId],
  )
  const { rows } = await tx.client.query<Message>(
    `UPDATE messages SET state = '${lose.to}', attempt_id = NULL, reasons = '{ABANDONED}' WHERE tenant_id = $1 AND ${mayGo(lose)} AND lease_until < now() RETURNING ${SHAPE}`,
    [tx.tenantId],
  )
  await publish(
    tx,
    lose.event,
    ...rows.map((row) => ({
      messageId: row.id,
      profileId: row.profileId,
      channel: row.channel,
      code: 'ABANDONED',
      isUnknown: true,
      at: timestampFromDate(now),
    })),
  )
  return (planned.rowCount ?? 0) + rows.length
}

/**
 * Releases messages, to be retried after a delay that grows with the attempts. It changes only messages that were not handed
 * over: when the outcomes of a batch cannot be recorded, some of its messages were sent.
 */
export async function postpone(tx: Tx, ids: string[], attemptId: string, reason: string): Promise<void> {
  await tx.client.query(
    `UPDATE messages SET state = '${later.to}', attempt_id = NULL, reasons = ARRAY[$4::text],
       next_at = now() + least(interval '10 minutes', interval '1 second' * 2 ^ least(attempts, 12)) * (0.75 + random() / 2)
     WHERE tenant_id = $1 AND id = ANY($2) AND attempt_id = $3 AND ${mayGo(later)}`,
    [tx.tenantId, ids, attemptId, reason],
  )
}

/** Releases messages of one attempt, to be retried. */
export const giveBack = (db: Db, tenantId: string, claimed: readonly Message[], reason: string): Promise<void> =>
  withTenant(db, tenantId, (tx) =>
    postpone(
      tx,
      claimed.map(({ id }) => id),
      claimed[0]!.attemptId!,
      reason,
    ),
  )

/** A message that ends unsent: with the receipt of its decision, if it was decided, and the reasons. */
export type Blocked = { readonly message: Pick<Message, 'id'>; readonly decisionId: string | null; readonly reasons: readonly string[] }

/** Ends messages of one attempt that are not sent. */
export async function block(tx: Tx, attemptId: string, blocked: readonly Blocked[], now: Date): Promise<void> {
  if (blocked.length === 0) return
  const { rows } = await tx.client.query<{ messageId: string; profileId: string; channel: string; decisionId: string; reasons: string[] }>(
    `UPDATE messages m SET state = '${end.to}', reasons = b.reasons, decision_id = b.decision
     FROM jsonb_to_recordset($2) AS b (id uuid, decision uuid, reasons text[])
     WHERE m.tenant_id = $1 AND m.id = b.id AND m.attempt_id = $3 AND ${isIn(end)}
     RETURNING m.id AS "messageId", m.profile_id AS "profileId", m.channel, coalesce(m.decision_id::text, '') AS "decisionId", m.reasons`,
    [
      tx.tenantId,
      JSON.stringify(blocked.map(({ message: { id }, decisionId: decision, reasons }) => ({ id, decision, reasons }))),
      attemptId,
    ],
  )
  await publish(tx, end.event, ...rows.map((row) => ({ ...row, at: timestampFromDate(now) })))
}

type Marked = { id: string; decisionId: string; accountId: string }

/**
 * Commits that the platform is about to be called for messages of one attempt. Each has a lease of its own from here: a slow platform
 * must not let it pass for a message of a dead worker because others of its batch took long before it.
 * @returns ids of the messages that the worker still holds; it may go on with these only
 */
export async function markSending(tx: Tx, attemptId: string, sends: readonly Marked[]): Promise<Set<string>> {
  const { rows } = await tx.client.query<{ id: string }>(
    `UPDATE messages m SET state = '${handOver.to}', decision_id = s.decision_id, account_id = s.account_id, lease_until = now() + interval '60 seconds'
     FROM unnest($3::uuid[], $4::uuid[], $5::uuid[]) AS s (id, decision_id, account_id)
     WHERE m.tenant_id = $1 AND m.id = s.id AND m.attempt_id = $2 AND ${isIn(handOver)} AND coalesce(m.lease_until > now(), false) RETURNING m.id`,
    [tx.tenantId, attemptId, sends.map(({ id }) => id), sends.map(({ decisionId }) => decisionId), sends.map(({ accountId }) => accountId)],
  )
  return new Set(rows.map(({ id }) => id))
}
