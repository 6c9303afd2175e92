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

export async function block(tx: Tx, message: Message, decisionId: string | null, reasons: string[], now: Date): Promise<void> {
  const done = await tx.client.query(
    `UPDATE messages SET state = '${end.to}', reasons = $4, decision_id = $5 WHERE tenant_id = $1 AND id = $2 AND attempt_id = $3 AND ${mayGo(end)}`,
    [tx.tenantId, message.id, message.attemptId, reasons, decisionId],
  )
  const { id: messageId, profileId, channel } = message
  if (done.rowCount)
    await publish(tx, end.event, {
      messageId,
      profileId,
      channel,
      decisionId: decisionId ?? '',
      reasons,
      at: timestampFromDate(now),
    })
}

/**
 * Commits that the platform is about to be called for messages of one attempt.
 * @returns ids of the messages that the worker still holds; it may go on with these only
 */
export async function markSending(tx: Tx, attemptId: string, sends: readonly { id: string; decisionId: string }[]): Promise<Set<string>> {
  const { rows } = await tx.client.query<{ id: string }>(
    `UPDATE messages m SET state = '${handOver.to}', decision_id = s.decision_id FROM unnest($3::uuid[], $4::uuid[]) AS s (id, decision_id)
     WHERE m.tenant_id = $1 AND m.id = s.id AND m.attempt_id = $2 AND ${isIn(handOver)} AND coalesce(m.lease_until > now(), false) RETURNING m.id`,
    [tx.tenantId, attemptId, sends.map(({ id }) => id), sends.map(({ decisionId }) => decisionId)],
  )
  return new Set(rows.map(({ id }) => id))
}
