import { withTenant } from '@renmai/platform/db/db'
import { mayGo } from '@renmai/platform/db/transition'
import { ask } from '@renmai/platform/events/ask'
import { isTransient } from '@renmai/platform/serve/errors'
import { queue } from '@renmai/platform/work/queue'
import { MAX_ATTEMPTS } from '@renmai/platform/work/settle'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { disabledKinds } from '../channels/channel.ts'
import type { Deps } from '../context.ts'
import { block, claimMessages, giveBack, settleAbandoned } from './claim-messages.ts'
import { decideSends } from './decide-sends.ts'
import { handOver } from './hand-over.ts'
import { transitions } from './message.states.ts'
import type { Message } from './message.table.ts'
import type { Allowed } from './ready.ts'
import { DISABLED, senderOf } from './sender-of.ts'

const BATCH = 200
/** Concurrent batches: while one is handed over, another waits for the gate. A tenant has at most half of them. */
const LANES = 4

/**
 * Sends due messages. Per message: identity returns the address, the gate decides about it (no answer: wait, never send), the text
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
    const addressed = await readCards(deps, tenantId, await leaveWaiting(deps, tenantId, claimed))
    const allowed = await askGate(deps, tenantId, addressed)
    for (const [channel, group] of Map.groupBy(allowed, ({ message }) => message.channel)) await handOver(deps, tenantId, channel, group)
  } catch (error) {
    if (isTransient(error)) return giveBack(deps.db, tenantId, claimed, 'GATE_OR_IDENTITY_UNAVAILABLE')
    if (claimed.length > 1) for (const message of claimed) await dispatch(deps, tenantId, [message])
    else await judge(deps, claimed[0]!, error)
  }
}

/**
 * Releases messages of channels whose accounts are all disabled, before the gate is queried: each of its decisions is stored.
 * @returns the other messages
 */
async function leaveWaiting(deps: Deps, tenantId: string, claimed: Message[]): Promise<Message[]> {
  const disabled = await withTenant(deps.db, tenantId, disabledKinds)
  if (disabled.size === 0) return claimed
  const isWaiting = ({ channel }: Message) => {
    const [kind] = senderOf(channel)
    return kind !== undefined && disabled.has(kind)
  }
  const waiting = claimed.filter(isWaiting)
  if (waiting.length > 0) await giveBack(deps.db, tenantId, waiting, DISABLED)
  return claimed.filter((message) => !isWaiting(message))
}

/** A message that fails repeatedly by a fault is blocked; its state and reasons show this. */
async function judge(deps: Deps, message: Message, error: unknown): Promise<void> {
  deps.bus.log.error({ err: error, message: message.id, attempts: message.attempts }, 'a message could not be dispatched')
  if (message.attempts < MAX_ATTEMPTS) return giveBack(deps.db, message.tenantId, [message], 'INTERNAL')
  await withTenant(deps.db, message.tenantId, (tx) =>
    block(tx, message.attemptId!, [{ message, decisionId: null, reasons: ['INTERNAL'] }], deps.now()),
  )
}

type Addressed = Omit<Allowed, 'decision'>

/** Reads the address of each message before the gate decides, because a withdrawal may be about an address. */
async function readCards(deps: Deps, tenantId: string, claimed: Message[]): Promise<Addressed[]> {
  const read = async (group: Message[]) => {
    const { channel, purpose } = group[0]!
    const [, sender] = senderOf(channel)
    const profileIds = [...new Set(group.map(({ profileId }) => profileId))]
    const addressKind = IdentifierKind[sender?.address ?? 'UNSPECIFIED']
    const { cards } = await ask(deps.bus, IdentityService.method.readContactCards, { tenantId, profileIds, addressKind, purpose })
    const cardOf = new Map(cards.map((card) => [card.profileId, card]))
    return group.map((message) => ({ message, card: cardOf.get(message.profileId) }))
  }
  // The audit log names the purpose of each reading.
  const groups = Map.groupBy(claimed, ({ channel, purpose }) => `${channel}|${purpose}`)
  return (await Promise.all([...groups.values()].map(read))).flat()
}

/** Returns the messages that the gate allows; refused messages are blocked with the receipt's id. */
async function askGate(deps: Deps, tenantId: string, addressed: Addressed[]): Promise<Allowed[]> {
  if (addressed.length === 0) return []
  const questions = addressed.map(({ message: { id, profileId, purpose, channel }, card }) => ({
    messageId: id,
    profileId,
    purpose,
    channel,
    identifierId: card?.addressIdentifierId ?? '',
  }))
  const byMessage = await decideSends(deps, tenantId, questions)
  const answered = addressed.map((one) => ({ ...one, decision: byMessage.get(one.message.id)! })).filter(({ decision }) => decision)
  const refused = answered.filter(({ decision }) => !decision.isAllowed)
  const blocked = refused.map(({ message, decision: { decisionId, reasons } }) => ({ message, decisionId, reasons }))
  if (blocked.length > 0) await withTenant(deps.db, tenantId, (tx) => block(tx, addressed[0]!.message.attemptId!, blocked, deps.now()))
  return answered.filter(({ decision }) => decision.isAllowed)
}
