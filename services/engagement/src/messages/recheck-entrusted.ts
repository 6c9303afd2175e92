import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { publish } from '@renmai/platform/events/outbox'
import type { Deps } from '../context.ts'
import { type Blocked } from './claim-messages.ts'
import { decideSends, type SendQuestion } from './decide-sends.ts'
import { transitions } from './message.states.ts'

const { refuse, replan } = transitions

type Waiting = SendQuestion & { doubt: string | null }

/** Messages of a task about which the gate decided again, and those that it refuses now. */
export type Rechecked = { readonly asked: readonly Waiting[]; readonly refused: readonly Blocked[] }

/**
 * Has the gate decide again about messages of a task that wait for staff.
 * @param which all, or those that a withdrawal may concern
 * @throws AppError UNAVAILABLE when the gate does not answer
 */
export async function recheckEntrusted(
  deps: Pick<Deps, 'db' | 'bus'>,
  tenantId: string,
  taskId: string,
  which: 'ALL' | 'DOUBTED',
): Promise<Rechecked> {
  const { rows: asked } = await withTenant(deps.db, tenantId, (tx) =>
    tx.client.query<Waiting>(
      `SELECT m.id AS "messageId", m.profile_id AS "profileId", m.purpose, m.channel, coalesce(m.identifier_id::text, '') AS "identifierId", m.doubt
       FROM messages m WHERE m.tenant_id = $1 AND m.task_id = $2 AND ${mayGo(refuse, 'm.state')} ${which === 'ALL' ? '' : 'AND m.doubt IS NOT NULL'}`,
      [tx.tenantId, taskId],
    ),
  )
  const decisions = await decideSends(
    deps,
    tenantId,
    asked.map(({ doubt: _doubt, ...question }) => question),
  )
  const refused = asked.flatMap(({ messageId: id }) => {
    const decision = decisions.get(id)
    if (decision?.isAllowed) return []
    return [{ message: { id }, decisionId: decision?.decisionId ?? null, reasons: decision?.reasons ?? ['NOT_DECIDED'] }]
  })
  return { asked, refused }
}

/** Blocks messages of a task that the gate refuses now. */
export async function refuseEntrusted(tx: Tx, taskId: string, refused: readonly Blocked[], now: Date): Promise<void> {
  if (refused.length === 0) return
  const { rows } = await tx.client.query<{ messageId: string; profileId: string; channel: string; decisionId: string; reasons: string[] }>(
    `UPDATE messages m SET state = '${refuse.to}', reasons = b.reasons, decision_id = b.decision, doubt = NULL
     FROM jsonb_to_recordset($3) AS b (id uuid, decision uuid, reasons text[])
     WHERE m.tenant_id = $1 AND m.task_id = $2 AND m.id = b.id AND ${mayGo(refuse, 'm.state')}
     RETURNING m.id AS "messageId", m.profile_id AS "profileId", m.channel, coalesce(m.decision_id::text, '') AS "decisionId", m.reasons`,
    [tx.tenantId, taskId, JSON.stringify(refused.map(({ message: { id }, decisionId: decision, reasons }) => ({ id, decision, reasons })))],
  )
  await publish(tx, refuse.event, ...rows.map((row) => ({ ...row, at: timestampFromDate(now) })))
}

/** Plans the messages of a cancelled task again that still wait: they become part of another one. */
export async function replanEntrusted(tx: Tx, taskId: string): Promise<void> {
  tx.work.add('messages')
  await tx.client.query(
    `UPDATE messages m SET state = '${replan.to}', task_id = NULL, contact_id = NULL, decision_id = NULL, identifier_id = NULL, doubt = NULL,
       reasons = '{}', next_at = now()
     WHERE m.tenant_id = $1 AND m.task_id = $2 AND ${mayGo(replan, 'm.state')}`,
    [tx.tenantId, taskId],
  )
}

/** Forgets the doubts about which the gate has decided; those that came meanwhile stay. */
export async function settleDoubts(tx: Tx, taskId: string, asked: readonly Waiting[]): Promise<void> {
  const doubted = asked.flatMap(({ messageId: id, doubt }) => (doubt ? [{ id, doubt }] : []))
  if (doubted.length === 0) return
  await tx.client.query(
    `UPDATE messages m SET doubt = NULL FROM jsonb_to_recordset($3) AS d (id uuid, doubt uuid)
     WHERE m.tenant_id = $1 AND m.task_id = $2 AND m.id = d.id AND m.doubt = d.doubt`,
    [tx.tenantId, taskId, JSON.stringify(doubted)],
  )
}
