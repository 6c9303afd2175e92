import { type Tx, withTenant } from '@renmai/platform/db/db'
import { groupWrites } from '@renmai/platform/db/group-writes'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { noteRefusal, noteTaken, noteUse, reachOf } from '../channels/channel.ts'
import type { Connector, Handover } from '../connectors/connector.ts'
import type { Deps } from '../context.ts'
import { markSending } from './claim-messages.ts'
import type { Ready } from './ready.ts'
import { type Outcome, recordHandovers } from './record-handovers.ts'

type Sender = Extract<NonNullable<Connector['sender']>, { send: unknown }>

/** Calls the platform once for each message of one attempt: SENDING is committed before, the outcome after it. */
export async function sendDirectly(deps: Deps, tenantId: string, sender: Sender, ready: readonly Ready[]): Promise<void> {
  const steps = stepsOf(deps, tenantId, ready[0]!.message.attemptId!, sender)
  const waiting = [...ready]
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await sendOne(steps, next)
  }
  await Promise.all(Array.from({ length: sender.inFlight }, work))
}

type Steps = ReturnType<typeof stepsOf>

/** Processes each message of one attempt; writes of messages that are at the same step are committed together. */
function stepsOf(deps: Deps, tenantId: string, attemptId: string, sender: Sender) {
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => withTenant(deps.db, tenantId, work)
  return {
    send: (ready: Ready) => send(deps, sender, ready),
    mark: groupWrites<Ready, boolean>(async (group) => {
      const sends = group.map(({ message, decision, route }) => ({
        id: message.id,
        decisionId: decision.decisionId,
        accountId: route.account.id,
      }))
      const marked = await inTenant((tx) => markSending(tx, attemptId, sends))
      return sends.map(({ id }) => marked.has(id))
    }),
    record: groupWrites<Outcome, void>(async (outcomes) => {
      await inTenant((tx) => recordHandovers(tx, attemptId, outcomes, deps.now()))
      return outcomes.map(() => undefined)
    }),
  }
}

async function sendOne(steps: Steps, ready: Ready): Promise<void> {
  if (!(await steps.mark(ready))) return
  const handover = await steps.send(ready)
  crashPoint('accepted')
  await steps.record({ message: ready.message, decisionId: ready.decision.decisionId, handover })
}

async function send(deps: Deps, sender: Sender, { message: { id }, route: { account }, address, text }: Ready): Promise<Handover> {
  const handover = await sender.send(account, { id, address, ...text }, reachOf(deps, account.kind))
  if (handover.outcome === 'SENT') noteUse(deps, account, 'lastSentAt')
  // Beside the record of the outcome, which does not depend on it.
  const noted = noteHealth(deps, account, handover)
  noted.catch((error) => deps.bus.log.warn({ err: error, account: account.id }, 'health of an account not noted'))
  return handover
}

const noteHealth = async (deps: Deps, account: Ready['route']['account'], handover: Handover): Promise<unknown> =>
  handover.outcome === 'LATER' && handover.broken
    ? noteRefusal(deps, account, handover.broken)
    : handover.outcome === 'SENT'
      ? noteTaken(deps, account)
      : undefined
