import { mayGo } from '@renmai/platform/db/transition'
import { on } from '@renmai/platform/events/inbox'
import { ConsentWithdrawnSchema } from '@renmai/proto/compliance/v1/events'
import { transitions } from './message.states.ts'

/**
 * Marks messages that wait for staff, to a person who withdrew a consent: the gate decides about them again, and their tasks are due now. A task that
 * a worker holds reads the doubts when it lets go; its lease must not end early.
 */
export const doubtWaitingMessages = on(ConsentWithdrawnSchema, 'doubt-waiting-messages', async (tx, events) => {
  const withdrawn = events.map(({ profileId, consentId }) => ({ profile: profileId, consent: consentId }))
  const { rows } = await tx.client.query<{ task: string }>(
    `WITH withdrawn AS (
       SELECT w.profile, w.consent FROM jsonb_to_recordset($2) AS w (profile uuid, consent uuid)
       UNION SELECT s.profile_id, w.consent FROM jsonb_to_recordset($2) AS w (profile uuid, consent uuid)
       JOIN profile_customers p ON p.tenant_id = $1 AND p.profile_id = w.profile
       JOIN profile_customers s ON s.tenant_id = $1 AND s.customer_id = p.customer_id
     )
     UPDATE messages m SET doubt = w.consent FROM withdrawn w
     WHERE m.tenant_id = $1 AND m.profile_id = w.profile AND ${mayGo(transitions.refuse, 'm.state')} RETURNING m.task_id AS task`,
    [tx.tenantId, JSON.stringify(withdrawn)],
  )
  if (rows.length === 0) return
  tx.work.add('staff_tasks')
  await tx.client.query(
    `UPDATE staff_tasks SET next_at = CASE WHEN attempt_id IS NULL THEN now() ELSE next_at END
     WHERE tenant_id = $1 AND id = ANY($2) AND next_at IS NOT NULL`,
    [tx.tenantId, [...new Set(rows.map(({ task }) => task))].sort((a, b) => (a < b ? -1 : 1))],
  )
})
