import { type Tx, withTenant } from '@renmai/platform/db/db'
import type { Deps } from '../context.ts'
import { gatherTasks, type Part, type Placed } from '../staff-tasks/staff-task.ts'
import { postpone } from './claim-messages.ts'
import { isIn, transitions } from './message.states.ts'
import type { Ready } from './ready.ts'

const { entrust } = transitions

/** Gives messages of one attempt to the members of staff who have the contacts. */
export const entrustToStaff = (deps: Deps, tenantId: string, most: number, ready: readonly Ready[]): Promise<void> =>
  withTenant(deps.db, tenantId, async (tx) => {
    const attemptId = ready[0]!.message.attemptId!
    const held = await lockHeld(tx, attemptId, ready)
    if (held.length === 0) return
    const placed = await gatherTasks(tx, deps.keyRing, held.map(partOf), most)
    await store(tx, attemptId, held, placed)
    const repeated = placed.filter(({ taskId }) => !taskId).map(({ messageId }) => messageId)
    if (repeated.length > 0) await postpone(tx, repeated, attemptId, 'SAME_MESSAGE_WAITS')
  })

const partOf = ({ message, route: { account, contact }, text }: Ready): Part => ({
  messageId: message.id,
  accountId: account.id,
  staffUserId: contact!.staffUserId,
  contactId: contact!.id,
  body: text.body,
})

/** @returns the messages that the worker still holds */
async function lockHeld(tx: Tx, attemptId: string, ready: readonly Ready[]): Promise<Ready[]> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT m.id FROM messages m WHERE m.tenant_id = $1 AND m.id = ANY($3) AND m.attempt_id = $2 AND ${isIn(entrust)} AND m.lease_until > now()
     ORDER BY m.id FOR UPDATE`,
    [tx.tenantId, attemptId, ready.map(({ message }) => message.id)],
  )
  const ids = new Set(rows.map(({ id }) => id))
  return ready.filter(({ message }) => ids.has(message.id))
}

async function store(tx: Tx, attemptId: string, held: readonly Ready[], placed: readonly Placed[]): Promise<void> {
  const heldOf = new Map(held.map((one) => [one.message.id, one]))
  const rows = placed
    .filter(({ taskId }) => taskId)
    .map(({ messageId: id, taskId: task, contactId: contact, accountId: account }) => ({
      id,
      task,
      contact,
      account,
      decision: heldOf.get(id)!.decision.decisionId,
      identifier: heldOf.get(id)!.card?.addressIdentifierId || null,
    }))
  await tx.client.query(
    `UPDATE messages m SET state = '${entrust.to}', attempt_id = NULL, reasons = '{}', decision_id = p.decision, task_id = p.task,
       contact_id = p.contact, account_id = p.account, identifier_id = p.identifier
     FROM jsonb_to_recordset($3) AS p (id uuid, task uuid, contact uuid, account uuid, decision uuid, identifier uuid)
     WHERE m.tenant_id = $1 AND m.id = p.id AND m.attempt_id = $2 AND ${isIn(entrust)}`,
    [tx.tenantId, attemptId, JSON.stringify(rows)],
  )
}
