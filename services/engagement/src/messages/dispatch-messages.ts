import { ask } from '@renmai/platform/ask'
import { crashPoint } from '@renmai/platform/crash-point'
import { type Tx, withTenant } from '@renmai/platform/db'
import { isTransient } from '@renmai/platform/errors'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { ComplianceService, type SendDecision } from '@renmai/proto/compliance/v1/compliance_service'
import { type ContactCard, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, inArray } from 'drizzle-orm'
import { readSender } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { type Template, templates } from '../templates/template.table.ts'
import { block, claimDue, markSending, postpone, recordHandover, settleAbandoned } from './message.queries.ts'
import type { Message } from './message.table.ts'
import { type Rendered, render } from './render.rules.ts'
import { type Handover, sendByMail, sendByWecom } from './senders.ts'

const POLL_MS = 200
const BATCH = 200
const IN_FLIGHT = 8

/**
 * Sends what is due. Per message: the gate decides (no answer: wait, never send), identity gives the address, the text
 * is rendered, SENDING is committed, the platform is called once, the outcome is recorded.
 */
export function dispatchMessages(worker: Worker): Loop {
  return loop('dispatch-messages', worker.bus.log, { pollMs: POLL_MS }, async () => {
    let done = 0
    const waiting =
      "SELECT DISTINCT tenant_id FROM messages WHERE (state = 'PLANNED' AND next_at <= now()) OR (state IN ('CLAIMED', 'SENDING') AND lease_until < now())"
    for (const tenantId of await tenantsWithWork(worker.relayDb, waiting)) {
      await withTenant(worker.db, tenantId, (tx) => settleAbandoned(tx, worker.now()))
      const claimed = await claimDue(worker.db, tenantId, BATCH)
      if (claimed.length > 0) await dispatch(worker, tenantId, claimed)
      done += claimed.length
    }
    return done
  })
}

async function dispatch(worker: Worker, tenantId: string, claimed: Message[]): Promise<void> {
  try {
    const allowed = await askGate(worker, tenantId, claimed)
    for (const [channel, group] of Map.groupBy(allowed, ({ message }) => message.channel)) await handOver(worker, tenantId, channel, group)
  } catch (error) {
    if (!isTransient(error)) throw error
    const ids = claimed.map((message) => message.id)
    await withTenant(worker.db, tenantId, (tx) => postpone(tx, ids, claimed[0]!.attemptId!, 'GATE_OR_IDENTITY_UNAVAILABLE'))
  }
}

type Allowed = { message: Message; decision: SendDecision }

/** Messages that the gate allows; the refused ones are blocked with the receipt's id. */
async function askGate(worker: Worker, tenantId: string, claimed: Message[]): Promise<Allowed[]> {
  const questions = claimed.map(({ id, profileId, purpose, channel, messageClass }) => ({
    messageId: id,
    profileId,
    purpose,
    channel,
    messageClass,
  }))
  const { decisions } = await ask(worker.bus, ComplianceService.method.decideSends, { tenantId, questions })
  const byMessage = new Map(decisions.map((decision) => [decision.messageId, decision]))
  const answered = claimed.flatMap((message) => (byMessage.has(message.id) ? [{ message, decision: byMessage.get(message.id)! }] : []))
  const refused = answered.filter(({ decision }) => !decision.isAllowed)
  if (refused.length > 0) {
    await withTenant(worker.db, tenantId, async (tx) => {
      for (const { message, decision } of refused) await block(tx, message, decision.decisionId, decision.reasons, worker.now())
    })
  }
  return answered.filter(({ decision }) => decision.isAllowed)
}

async function handOver(worker: Worker, tenantId: string, channel: string, group: Allowed[]): Promise<void> {
  const { cards } = await ask(worker.bus, IdentityService.method.readContactCards, {
    tenantId,
    profileIds: [...new Set(group.map(({ message }) => message.profileId))],
    channel,
    purpose: group[0]!.message.purpose,
  })
  const cardOf = new Map(cards.map((card) => [card.profileId, card]))
  const { texts, send } = await withTenant(worker.db, tenantId, async (tx) => ({
    texts: await readTemplates(tx, group),
    send: await senderOf(tx, worker, channel),
  }))
  const waiting = [...group]
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      await sendOne(
        worker,
        next,
        cardOf.get(next.message.profileId),
        texts.get(templateKey(next.message.templateId, next.message.templateVersion)),
        send,
      )
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
}

type Send = (message: Message, address: string, text: Rendered) => Promise<Handover>

async function senderOf(tx: Tx, { keyRing, wecomUrl }: Worker, channel: string): Promise<Send | undefined> {
  if (channel === 'WECOM') {
    const account = await readSender(tx, keyRing, 'WECOM')
    return account && ((_message, address, text) => sendByWecom(wecomUrl, account, address, text))
  }
  if (channel === 'EMAIL') {
    const account = await readSender(tx, keyRing, 'SMTP')
    return account && ((message, address, text) => sendByMail(account, message.id, address, text))
  }
  return undefined
}

const templateKey = (id: string, version: number) => `${id}|${version}`

async function readTemplates(tx: Tx, group: Allowed[]): Promise<Map<string, Template>> {
  const ids = [...new Set(group.map(({ message }) => message.templateId))]
  const rows = await tx
    .select()
    .from(templates)
    .where(and(eq(templates.tenantId, tx.tenantId), inArray(templates.id, ids)))
  return new Map(rows.map((row) => [templateKey(row.id, row.version), row]))
}

async function sendOne(
  worker: Worker,
  { message, decision }: Allowed,
  card: ContactCard | undefined,
  template: Template | undefined,
  send: Send | undefined,
): Promise<void> {
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(worker.db, message.tenantId, work)
  // A template that is not known yet was published just now; its event is on its way.
  if (!template) return inTenant((tx) => postpone(tx, [message.id], message.attemptId!, 'TEMPLATE_NOT_YET_KNOWN'))
  const text = render(template, message.variables, card?.displayName ?? '')
  const problem = !send ? 'NO_CHANNEL_ACCOUNT' : !card?.address ? 'NO_ADDRESS' : 'problem' in text ? text.problem : undefined
  if (problem) return inTenant((tx) => block(tx, message, decision.decisionId, [problem], worker.now()))
  if (!(await inTenant((tx) => markSending(tx, message, decision.decisionId)))) return
  const handover = await send!(message, card!.address, text as Rendered)
  crashPoint('accepted')
  await inTenant((tx) => recordHandover(tx, message, decision.decisionId, handover, worker.now()))
}
