import { open } from '@renmai/platform/crypto'
import { withTenant } from '@renmai/platform/db'
import { outside } from '@renmai/platform/work/outside'
import { type Outcome, problemOf } from '@renmai/platform/work/settle'
import { and, eq } from 'drizzle-orm'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { sendWelcome, WecomError } from '../wecom/wecom-client.ts'
import { type Welcome, welcomes } from './contact.table.ts'
import { welcomePlace } from './record-contact.ts'

const DELIVERED = 41051
const TRY_AGAIN = [41096, 45009, 45033, -1]
/** A welcome has twenty seconds in all. */
const AGAIN_S = 2

/** Sends welcomes within their 20 seconds; one that cannot be is written down as missed, with its cause. */
export const sendWelcomes = outside(welcomes, (worker: Worker) => ({
  name: 'send-welcomes',
  lanes: 4,
  leaseSeconds: AGAIN_S,
  batch: 10,
  // The welcome code works once, so a second worker that takes over after a crash can at worst learn so.
  call: (welcome) => attempt(worker, welcome),
}))

const ended = ({ tenantId, id }: Welcome, state: 'SENT' | 'MISSED', problem: string | null): Outcome => ({
  done: (tx) =>
    tx
      .update(welcomes)
      .set({ state, problem })
      .where(and(eq(welcomes.tenantId, tenantId), eq(welcomes.id, id))),
})

async function attempt(worker: Worker, welcome: Welcome): Promise<Outcome> {
  const { tenantId, id, accountId, liveCodeId, code, deadline, state } = welcome
  if (state !== 'PLANNED') return { done: () => Promise.resolve() }
  if (worker.now() >= deadline) return ended(welcome, 'MISSED', 'DEADLINE_PASSED')
  try {
    const { account, text } = await withTenant(worker.db, tenantId, async (tx) => {
      const [liveCode] = await tx
        .select()
        .from(liveCodes)
        .where(and(eq(liveCodes.tenantId, tenantId), eq(liveCodes.id, liveCodeId)))
      return { account: await readAccount(tx, worker.keyRing, accountId, 'WECOM'), text: liveCode?.welcomeText ?? '' }
    })
    await sendWelcome(worker.wecomUrl, account, open(worker.keyRing, tenantId, welcomePlace(id), code), text)
    return ended(welcome, 'SENT', null)
  } catch (error) {
    if (error instanceof WecomError && error.errcode === DELIVERED) return ended(welcome, 'SENT', null)
    if (error instanceof WecomError && !TRY_AGAIN.includes(error.errcode)) return ended(welcome, 'MISSED', error.message)
    return { later: problemOf(error), afterSeconds: AGAIN_S }
  }
}
