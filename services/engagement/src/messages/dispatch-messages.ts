import { ask } from '@renmai/platform/ask'
import { crashPoint } from '@renmai/platform/crash-point'
import { type Tx, withTenant } from '@renmai/platform/db'
import { isTransient } from '@renmai/platform/errors'
import { groupWrites } from '@renmai/platform/group-writes'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { ComplianceService, type SendDecision } from '@renmai/proto/compliance/v1/compliance_service'
import { type ContactCard, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, inArray } from 'drizzle-orm'
import { readSender } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { type Template, templates } from '../templates/template.table.ts'
import { block, claimDue, markSending, postpone, settleAbandoned } from './message.queries.ts'
import type { Message } from './message.table.ts'
import { type Outcome, recordHandovers } from './record-handovers.ts'
import { type Drafted, type Rendered, renderDrafts } from './render-messages.ts'
import { type Handover, sendByMail, sendByWecom } from './senders.ts'

const POLL_MS = 200
const BATCH = 200
/** Batches under way at once: while one is handed over, another is asked about. */
const LANES = 3
/** A tenant whose mail server is slow keeps no more lanes than these. */
const LANES_PER_TENANT = 2
/** Calls of one lane at once. What a worker is handing over when it dies ends UNKNOWN; a mail server takes few connections. */
const IN_FLIGHT: Record<string, number> = { WECOM: 16, EMAIL: 4 }
const DUE = ["state = 'PLANNED' AND next_at <= now()", "state IN ('CLAIMED', 'SENDING') AND lease_until < now()"] as const

/**
 * Sends what is due. Per message: the gate decides (no answer: wait, never send), identity gives the address, the text
 * is rendered, SENDING is committed, the platform is called once, the outcome is recorded.
 */
export function dispatchMessages(worker: Worker): Loop[] {
  const busy = new Map<string, number>()
  return Array.from({ length: LANES }, (_, no) =>
    loop(`dispatch-messages-${no}`, worker.bus.log, { pollMs: POLL_MS }, async () => {
      const waiting = await tenantsWithWork(worker.relayDb, 'messages', ...DUE)
      const tenantId = pickTenant(waiting, busy)
      if (!tenantId) return 0
      busy.set(tenantId, (busy.get(tenantId) ?? 0) + 1)
      try {
        return await dispatchBatch(worker, tenantId)
      } finally {
        const others = busy.get(tenantId)! - 1
        if (others > 0) busy.set(tenantId, others)
        else busy.delete(tenantId)
      }
    }),
  )
}

/** One of those with the fewest lanes, by chance, so that nobody always comes first. */
function pickTenant(waiting: string[], busy: Map<string, number>): string | undefined {
  const lanesOf = (tenantId: string) => busy.get(tenantId) ?? 0
  const fewest = Math.min(...waiting.map(lanesOf))
  const first = waiting.filter((tenantId) => lanesOf(tenantId) === fewest)
  return fewest < LANES_PER_TENANT ? first[Math.floor(Math.random() * first.length)] : undefined
}

async function dispatchBatch(worker: Worker, tenantId: string): Promise<number> {
  await withTenant(worker.db, tenantId, (tx) => settleAbandoned(tx, worker.now()))
  const claimed = await claimDue(worker.db, tenantId, BATCH)
  if (claimed.length > 0) await dispatch(worker, tenantId, claimed)
  return claimed.length
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
  const { known, send } = await withTenant(worker.db, tenantId, async (tx) => ({
    known: await readTemplates(tx, group),
    send: await senderOf(tx, worker, channel),
  }))
  const drafts = group.flatMap(({ message }) => {
    const template = known.get(templateKey(message.templateId, message.templateVersion))
    return template ? [{ message, template, displayName: cardOf.get(message.profileId)?.displayName ?? '' }] : []
  })
  const texts = await renderDrafts(tenantId, drafts)
  const steps = stepsOf(worker, tenantId, group[0]!.message.attemptId!, send)
  const waiting = [...group]
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      await sendOne(steps, next, cardOf.get(next.message.profileId), texts.get(next.message.id))
  }
  await Promise.all(Array.from({ length: IN_FLIGHT[channel] ?? 1 }, work))
}

type Send = (message: Message, address: string, text: Rendered) => Promise<Handover>

async function senderOf(tx: Tx, { keyRing, wecomUrl, egress }: Worker, channel: string): Promise<Send | undefined> {
  if (channel === 'WECOM') {
    const account = await readSender(tx, keyRing, 'WECOM')
    return account && ((_message, address, text) => sendByWecom(wecomUrl, account, address, text))
  }
  if (channel === 'EMAIL') {
    const account = await readSender(tx, keyRing, 'SMTP')
    return account && ((message, address, text) => sendByMail(egress, account, message.id, address, text))
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

type Steps = ReturnType<typeof stepsOf>

/** What is done with each message of one attempt; writes of messages that are at the same step are committed together. */
function stepsOf({ db, now }: Worker, tenantId: string, attemptId: string, send: Send | undefined) {
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(db, tenantId, work)
  return {
    send,
    postpone: (message: Message, reason: string) => inTenant((tx) => postpone(tx, [message.id], attemptId, reason)),
    block: ({ message, decision }: Allowed, reason: string) => inTenant((tx) => block(tx, message, decision.decisionId, [reason], now())),
    mark: groupWrites<Allowed, boolean>(async (group) => {
      const sends = group.map(({ message, decision }) => ({ id: message.id, decisionId: decision.decisionId }))
      const marked = await inTenant((tx) => markSending(tx, attemptId, sends))
      return sends.map(({ id }) => marked.has(id))
    }),
    record: groupWrites<Outcome, void>(async (outcomes) => {
      await inTenant((tx) => recordHandovers(tx, attemptId, outcomes, now()))
      return outcomes.map(() => undefined)
    }),
  }
}

async function sendOne(steps: Steps, allowed: Allowed, card: ContactCard | undefined, text: Drafted | undefined): Promise<void> {
  const { message, decision } = allowed
  // A template that is not known yet was published just now; its event is on its way.
  if (!text) return steps.postpone(message, 'TEMPLATE_NOT_YET_KNOWN')
  const problem = !steps.send ? 'NO_CHANNEL_ACCOUNT' : !card?.address ? 'NO_ADDRESS' : 'problem' in text ? text.problem : undefined
  if (problem) return steps.block(allowed, problem)
  if (!(await steps.mark(allowed))) return
  const handover = await steps.send!(message, card!.address, text as Rendered)
  crashPoint('accepted')
  await steps.record({ message, decisionId: decision.decisionId, handover })
}
