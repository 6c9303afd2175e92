import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { publish } from '@renmai/platform/events/outbox'
import type { TaskResult } from '../connectors/connector.ts'
import { transitions } from './message.states.ts'

type Settled = { messageId: string; profileId: string; channel: string; decisionId: string; state: string; code: string }
const SHAPE = `m.id AS "messageId", m.profile_id AS "profileId", m.channel, coalesce(m.decision_id::text, '') AS "decisionId", m.state,
  coalesce(m.reasons[1], '') AS code`

/** Records what became of messages that a member of staff was to send. @returns how many of the task still wait */
export async function settleEntrusted(tx: Tx, taskId: string, results: readonly TaskResult[], now: Date): Promise<number> {
  const { confirm, decline } = transitions
  if (results.length > 0) {
    const given = results.map((one) => ({
      external: one.externalUserId,
      state: one.outcome === 'SENT' ? confirm.to : decline.to,
      reasons: one.outcome === 'SENT' ? [] : [one.reason],
    }))
    const { rows } = await tx.client.query<Settled>(
      `UPDATE messages m SET state = r.state, reasons = r.reasons, sent_at = CASE WHEN r.state = '${confirm.to}' THEN $4::timestamptz END
       FROM jsonb_to_recordset($3) AS r (external text, state text, reasons text[]), contacts c
       WHERE m.tenant_id = $1 AND m.task_id = $2 AND ${mayGo(confirm, 'm.state')}
         AND c.tenant_id = $1 AND c.id = m.contact_id AND c.external_user_id = r.external RETURNING ${SHAPE}`,
      [tx.tenantId, taskId, JSON.stringify(given), now],
    )
    await tell(tx, rows, now)
  }
  const { rows } = await tx.client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM messages m WHERE m.tenant_id = $1 AND m.task_id = $2 AND ${mayGo(confirm, 'm.state')}`,
    [tx.tenantId, taskId],
  )
  return rows[0]!.n
}

const HOW = {
  lose: transitions.loseTask,
  decline: transitions.decline,
  expire: transitions.expire,
} as const

/** Ends the messages of a task that have no result. */
export async function endEntrusted(tx: Tx, taskId: string, how: keyof typeof HOW, reason: string, now: Date): Promise<void> {
  const { rows } = await tx.client.query<Settled>(
    `UPDATE messages m SET state = '${HOW[how].to}', reasons = ARRAY[$3::text]
     WHERE m.tenant_id = $1 AND m.task_id = $2 AND ${mayGo(HOW[how], 'm.state')} RETURNING ${SHAPE}`,
    [tx.tenantId, taskId, reason],
  )
  await tell(tx, rows, now)
}

async function tell(tx: Tx, rows: readonly Settled[], now: Date): Promise<void> {
  const { confirm, decline, loseTask } = transitions
  const at = timestampFromDate(now)
  const [sent, failed] = [rows.filter(({ state }) => state === confirm.to), rows.filter(({ state }) => state !== confirm.to)]
  await publish(tx, confirm.event, ...sent.map(({ state: _state, code: _code, ...row }) => ({ ...row, at })))
  await publish(
    tx,
    decline.event,
    ...failed.map(({ state, decisionId: _decision, ...row }) => ({ ...row, isUnknown: state === loseTask.to, at })),
  )
}
