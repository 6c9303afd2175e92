import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { publish } from '@renmai/platform/events/outbox'
import { meter } from '@renmai/platform/serve/meter'
import type { Handover } from '../connectors/connector.ts'
import { postpone } from './claim-messages.ts'
import { isIn, transitions } from './message.states.ts'
import type { Message } from './message.table.ts'

const ended = meter.createCounter('renmai_messages', { description: 'Attempts to send messages, by channel and how they ended' })

/** Outcome of one message; outcomes of one attempt are recorded together. */
export type Outcome = { message: Message; decisionId: string; handover: Handover }
type Told<O extends Handover['outcome']> = Outcome & { handover: Extract<Handover, { outcome: O }> }

const is =
  <O extends Handover['outcome']>(...outcomes: O[]) =>
  (one: Outcome): one is Told<O> =>
    (outcomes as string[]).includes(one.handover.outcome)

/** Records outcomes of one attempt. Messages that another worker has claimed since do not change. */
export async function recordHandovers(tx: Tx, attemptId: string, outcomes: readonly Outcome[], now: Date): Promise<void> {
  for (const { message, handover } of outcomes) ended.add(1, { channel: message.channel, state: handover.outcome })
  await recordSent(tx, attemptId, outcomes.filter(is('SENT')), now)
  await recordFailed(tx, attemptId, outcomes.filter(is('REJECTED', 'UNKNOWN')), now)
  await giveBack(tx, attemptId, outcomes.filter(is('LATER')))
}

const MINE = `m.tenant_id = $1 AND m.attempt_id = $2 AND ${isIn(transitions.send)}`

async function recordSent(tx: Tx, attemptId: string, sent: Told<'SENT'>[], now: Date): Promise<void> {
  if (sent.length === 0) return
  const { rows } = await tx.client.query<{ id: string }>(
    `UPDATE messages m SET state = '${transitions.send.to}', provider_id = o.provider_id, sent_at = $5, reasons = '{}'
     FROM unnest($3::uuid[], $4::text[]) AS o (id, provider_id) WHERE ${MINE} AND m.id = o.id RETURNING m.id`,
    [tx.tenantId, attemptId, sent.map(({ message }) => message.id), sent.map(({ handover }) => handover.providerId), now],
  )
  const recorded = ofRows(rows, sent).map(({ message, decisionId }) => ({ ...factOf(message, now), decisionId }))
  await publish(tx, transitions.send.event, ...recorded)
}

async function recordFailed(tx: Tx, attemptId: string, failed: Told<'REJECTED' | 'UNKNOWN'>[], now: Date): Promise<void> {
  if (failed.length === 0) return
  const columns = [
    failed.map(({ message }) => message.id),
    failed.map(({ handover }) => transitions[handover.outcome === 'UNKNOWN' ? 'lose' : 'reject'].to),
    failed.map(({ handover }) => handover.reason),
  ]
  const { rows } = await tx.client.query<{ id: string }>(
    `UPDATE messages m SET state = o.state, reasons = ARRAY[o.reason]
     FROM unnest($3::uuid[], $4::text[], $5::text[]) AS o (id, state, reason) WHERE ${MINE} AND m.id = o.id RETURNING m.id`,
    [tx.tenantId, attemptId, ...columns],
  )
  const recorded = ofRows(rows, failed).map(({ message, handover }) => ({
    ...factOf(message, now),
    code: handover.reason,
    isUnknown: handover.outcome === 'UNKNOWN',
  }))
  await publish(tx, transitions.reject.event, ...recorded)
}

async function giveBack(tx: Tx, attemptId: string, later: Told<'LATER'>[]): Promise<void> {
  for (const [reason, group] of Map.groupBy(later, ({ handover }) => handover.reason)) {
    const ids = group.map(({ message }) => message.id)
    await tx.client.query(`UPDATE messages m SET state = '${transitions.takeBack.to}' WHERE ${MINE} AND m.id = ANY($3)`, [
      tx.tenantId,
      attemptId,
      ids,
    ])
    await postpone(tx, ids, attemptId, reason)
  }
}

function ofRows<O extends Outcome>(rows: { id: string }[], outcomes: O[]): O[] {
  const changed = new Set(rows.map(({ id }) => id))
  return outcomes.filter(({ message }) => changed.has(message.id))
}

const factOf = ({ id: messageId, profileId, channel }: Message, now: Date) => ({
  messageId,
  profileId,
  channel,
  at: timestampFromDate(now),
})
