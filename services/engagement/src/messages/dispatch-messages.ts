import { type Tx, withTenant } from '@renmai/platform/db/db'
import { groupWrites } from '@renmai/platform/db/group-writes'
import { mayGo } from '@renmai/platform/db/transition'
import { ask } from '@renmai/platform/events/ask'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { isTransient } from '@renmai/platform/serve/errors'
import { queue } from '@renmai/platform/work/queue'
import { MAX_ATTEMPTS } from '@renmai/platform/work/settle'
import { ComplianceService, type SendDecision } from '@renmai/proto/compliance/v1/compliance_service'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { type ContactCard, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, inArray } from 'drizzle-orm'
import { reachOf, readSender } from '../channels/channel.ts'
import type { Handover, Outbound } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { type Template, templates } from '../templates/template.table.ts'
import { block, claimMessages, markSending, postpone, settleAbandoned } from './claim-messages.ts'
import { transitions } from './message.states.ts'
import type { Message } from './message.table.ts'
import { type Outcome, recordHandovers } from './record-handovers.ts'
import { type Drafted, type Rendered, renderDrafts } from './render-drafts.ts'

const BATCH = 200
/** Concurrent batches: while one is handed over, another waits for the gate. A tenant has at most half of them. */
const LANES = 4

/**
 * Sends due messages. Per message: the gate decides (no answer: wait, never send), identity returns the address, the text
 * is rendered, SENDING is committed, the platform is called once, the outcome is recorded.
 */
export const dispatchMessages = queue('messages', (deps: Deps) => ({
  name: 'dispatch-messages',
  lanes: LANES,
  due: [
    { waiting: mayGo(transitions.claim), at: 'next_at' },
    { waiting: "state IN ('CLAIMED', 'SENDING')", at: 'lease_until' },
  ],
  work: async (tenantId) => {
    const abandoned = await withTenant(deps.db, tenantId, (tx) => settleAbandoned(tx, deps.now()))
    const claimed = await claimMessages(deps.db, tenantId, BATCH)
    if (claimed.length > 0) await dispatch(deps, tenantId, claimed)
    return abandoned + claimed.length
  },
}))

/** A batch that fails by a fault is dispatched one by one, so that the faulty message delays no other. */
async function dispatch(deps: Deps, tenantId: string, claimed: Message[]): Promise<void> {
  try {
    const allowed = await askGate(deps, tenantId, claimed)
    for (const [channel, group] of Map.groupBy(allowed, ({ message }) => message.channel)) await handOver(deps, tenantId, channel, group)
  } catch (error) {
    if (isTransient(error)) return giveBack(deps, tenantId, claimed, 'GATE_OR_IDENTITY_UNAVAILABLE')
    if (claimed.length > 1) for (const message of claimed) await dispatch(deps, tenantId, [message])
    else await judge(deps, claimed[0]!, error)
  }
}

const giveBack = (deps: Deps, tenantId: string, claimed: Message[], reason: string) =>
  withTenant(deps.db, tenantId, (tx) =>
    postpone(
      tx,
      claimed.map(({ id }) => id),
      claimed[0]!.attemptId!,
      reason,
    ),
  )

/** A message that fails repeatedly by a fault is blocked; its state and reasons show this. */
async function judge(deps: Deps, message: Message, error: unknown): Promise<void> {
  deps.bus.log.error({ err: error, message: message.id, attempts: message.attempts }, 'a message could not be dispatched')
  if (message.attempts < MAX_ATTEMPTS) return giveBack(deps, message.tenantId, [message], 'INTERNAL')
  await withTenant(deps.db, message.tenantId, (tx) => block(tx, message, null, ['INTERNAL'], deps.now()))
}

type Allowed = { message: Message; decision: SendDecision }

/** Returns the messages that the gate allows; refused messages are blocked with the receipt's id. */
async function askGate(deps: Deps, tenantId: string, claimed: Message[]): Promise<Allowed[]> {
  const questions = claimed.map(({ id, profileId, purpose, channel }) => ({
    messageId: id,
    profileId,
    purpose,
    channel,
  }))
  const { decisions } = await ask(deps.bus, ComplianceService.method.decideSends, { tenantId, questions })
  const byMessage = new Map(decisions.map((decision) => [decision.messageId, decision]))
  const answered = claimed.flatMap((message) => (byMessage.has(message.id) ? [{ message, decision: byMessage.get(message.id)! }] : []))
  const refused = answered.filter(({ decision }) => !decision.isAllowed)
  if (refused.length > 0) {
    await withTenant(deps.db, tenantId, async (tx) => {
      for (const { message, decision } of refused) await block(tx, message, decision.decisionId, decision.reasons, deps.now())
    })
  }
  return answered.filter(({ decision }) => decision.isAllowed)
}

async function handOver(deps: Deps, tenantId: string, channel: string, group: Allowed[]): Promise<void> {
  const [kind, sender] = senderOf(channel)
  const { cards } = await ask(deps.bus, IdentityService.method.readContactCards, {
    tenantId,
    profileIds: [...new Set(group.map(({ message }) => message.profileId))],
    addressKind: IdentifierKind[sender?.address ?? 'UNSPECIFIED'],
    purpose: group[0]!.message.purpose,
  })
  const cardOf = new Map(cards.map((card) => [card.profileId, card]))
  const { known, account } = await withTenant(deps.db, tenantId, async (tx) => ({
    known: await readTemplates(tx, group),
    account: kind && (await readSender(tx, deps.keyRing, kind)),
  }))
  const drafts = group.flatMap(({ message }) => {
    const template = known.get(templateKey(message.templateId, message.templateVersion))
    return template ? [{ message, template, displayName: cardOf.get(message.profileId)?.displayName ?? '' }] : []
  })
  const texts = await renderDrafts(deps.templates, tenantId, drafts)
  const send = kind && sender && account && ((message: Outbound) => sender.send(account, message, reachOf(deps, kind)))
  const steps = stepsOf(deps, tenantId, group[0]!.message.attemptId!, send)
  const waiting = [...group]
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      await sendOne(steps, next, cardOf.get(next.message.profileId), texts.get(next.message.id))
  }
  await Promise.all(Array.from({ length: sender?.inFlight ?? 1 }, work))
}

type Send = (message: Outbound) => Promise<Handover>

/** The connector that sends messages of a channel; undefined where no platform has the channel. */
function senderOf(channel: string) {
  const found = Object.entries(connectors).find(([, { sender }]) => sender?.channel === channel)
  return [found?.[0] as ChannelKind | undefined, found?.[1].sender] as const
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

/** Processes each message of one attempt; writes of messages that are at the same step are committed together. */
function stepsOf({ db, now }: Deps, tenantId: string, attemptId: string, send: Send | undefined) {
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
  // A template that is not known yet was published recently; its event has not arrived yet.
  if (!text) return steps.postpone(message, 'TEMPLATE_NOT_YET_KNOWN')
  const problem = !steps.send ? 'NO_CHANNEL_ACCOUNT' : !card?.address ? 'NO_ADDRESS' : 'problem' in text ? text.problem : undefined
  if (problem) return steps.block(allowed, problem)
  if (!(await steps.mark(allowed))) return
  const handover = await steps.send!({ id: message.id, address: card!.address, ...(text as Rendered) })
  crashPoint('accepted')
  await steps.record({ message, decisionId: decision.decisionId, handover })
}
