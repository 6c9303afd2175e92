import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { ask } from '@renmai/platform/events/ask'
import { open } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { outside } from '@renmai/platform/work/outside'
import { type Outcome, problemOf } from '@renmai/platform/work/settle'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { and, eq } from 'drizzle-orm'
import { heed, reachOf, readOpenAccount } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { contacts, type Welcome, welcomes } from './contact.table.ts'
import { welcomePlace } from './record-contact.ts'

/** A welcome must be sent within twenty seconds in all. */
const AGAIN_S = 2
/** Purpose of welcomes: a transactional one, unless the tenant defines it otherwise. */
const PURPOSE = 'welcome'

/** Sends welcomes within their 20 seconds. A welcome that cannot be sent is recorded as missed, with its cause. */
export const sendWelcomes = outside(welcomes, (deps: Deps) => ({
  name: 'send-welcomes',
  lanes: 4,
  leaseSeconds: AGAIN_S,
  batch: 10,
  // The welcome code works once, so a second worker that takes over after a crash gets at worst a refusal.
  call: (welcome) => attempt(deps, welcome),
}))

const ended = ({ tenantId, id }: Welcome, state: 'SENT' | 'MISSED', problem: string | null, decisionId?: string): Outcome => ({
  done: (tx) =>
    tx
      .update(welcomes)
      .set({ state, problem, ...(decisionId ? { decisionId } : {}) })
      .where(and(eq(welcomes.tenantId, tenantId), eq(welcomes.id, id))),
})

async function attempt(deps: Deps, row: Welcome): Promise<Outcome> {
  if (row.state !== 'PLANNED') return { done: () => Promise.resolve() }
  // The cause is why it could not be sent before, where that is known.
  if (deps.now() >= row.deadline) return ended(row, 'MISSED', row.problem ?? 'DEADLINE_PASSED')
  try {
    return await welcome(deps, row)
  } catch (error) {
    return { later: problemOf(error), afterSeconds: AGAIN_S }
  }
}

/** The gate decides first, as about every message; without its answer nothing is sent. */
async function welcome(deps: Deps, row: Welcome): Promise<Outcome> {
  const { account, text, profileId } = await withTenant(deps.db, row.tenantId, (tx) => readParts(tx, deps, row))
  const { welcome: way, sender } = connectors[account.kind]
  if (!way || !sender) return ended(row, 'MISSED', 'NO_WELCOMES')
  const question = { messageId: row.id, profileId, purpose: PURPOSE, channel: sender.channel }
  const { decisions } = await ask(deps.bus, ComplianceService.method.decideSends, { tenantId: row.tenantId, questions: [question] })
  const decision = decisions.find(({ messageId }) => messageId === row.id)
  if (!decision) throw new AppError('UNAVAILABLE', 'The gate gave no decision')
  if (!decision.isAllowed) return ended(row, 'MISSED', decision.reasons.join(), decision.decisionId)
  const code = open(deps.keyRing, row.tenantId, welcomePlace(row.id), row.code)
  const sent = await heed(deps, account, await way.send(account, code, text, reachOf(deps, account.kind)))
  if ('later' in sent) return { later: sent.later, afterSeconds: AGAIN_S }
  return ended(row, 'refused' in sent ? 'MISSED' : 'SENT', 'refused' in sent ? sent.refused.message : null, decision.decisionId)
}

async function readParts(tx: Tx, { keyRing }: Deps, { accountId, liveCodeId, contactId }: Welcome) {
  const [liveCode] = await tx
    .select()
    .from(liveCodes)
    .where(mine(tx, liveCodes, liveCodeId))
  const [contact] = await tx
    .select()
    .from(contacts)
    .where(mine(tx, contacts, contactId))
  if (!contact) throw new AppError('NOT_FOUND', 'The contact of the welcome does not exist')
  return {
    account: await readOpenAccount(tx, keyRing, accountId),
    text: liveCode?.welcomeText ?? '',
    profileId: contact.profileId,
  }
}
