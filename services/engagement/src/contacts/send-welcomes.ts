import { withTenant } from '@renmai/platform/db/db'
import { open } from '@renmai/platform/secrets/crypto'
import { outside } from '@renmai/platform/work/outside'
import { type Outcome, problemOf } from '@renmai/platform/work/settle'
import { and, eq } from 'drizzle-orm'
import { reachOf, readAccount } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { type Welcome, welcomes } from './contact.table.ts'
import { welcomePlace } from './record-contact.ts'

/** A welcome must be sent within twenty seconds in all. */
const AGAIN_S = 2

/** Sends welcomes within their 20 seconds. A welcome that cannot be sent is recorded as missed, with its cause. */
export const sendWelcomes = outside(welcomes, (deps: Deps) => ({
  name: 'send-welcomes',
  lanes: 4,
  leaseSeconds: AGAIN_S,
  batch: 10,
  // The welcome code works once, so a second worker that takes over after a crash gets at worst a refusal.
  call: (welcome) => attempt(deps, welcome),
}))

const ended = ({ tenantId, id }: Welcome, state: 'SENT' | 'MISSED', problem: string | null): Outcome => ({
  done: (tx) =>
    tx
      .update(welcomes)
      .set({ state, problem })
      .where(and(eq(welcomes.tenantId, tenantId), eq(welcomes.id, id))),
})

async function attempt(deps: Deps, row: Welcome): Promise<Outcome> {
  const { tenantId, id, accountId, liveCodeId, code, deadline, state } = row
  if (state !== 'PLANNED') return { done: () => Promise.resolve() }
  if (deps.now() >= deadline) return ended(row, 'MISSED', 'DEADLINE_PASSED')
  try {
    const { account, text } = await withTenant(deps.db, tenantId, async (tx) => {
      const [liveCode] = await tx
        .select()
        .from(liveCodes)
        .where(and(eq(liveCodes.tenantId, tenantId), eq(liveCodes.id, liveCodeId)))
      return { account: await readAccount(tx, deps.keyRing, accountId), text: liveCode?.welcomeText ?? '' }
    })
    const { welcome } = connectors[account.kind]
    if (!welcome) return ended(row, 'MISSED', 'NO_WELCOMES')
    const sent = await welcome.send(account, open(deps.keyRing, tenantId, welcomePlace(id), code), text, reachOf(deps, account.kind))
    if ('later' in sent) return { later: sent.later, afterSeconds: AGAIN_S }
    return 'refused' in sent ? ended(row, 'MISSED', sent.refused) : ended(row, 'SENT', null)
  } catch (error) {
    return { later: problemOf(error), afterSeconds: AGAIN_S }
  }
}
