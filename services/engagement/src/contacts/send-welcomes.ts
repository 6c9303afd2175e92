import { open } from '@renmai/platform/crypto'
import { withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { and, eq } from 'drizzle-orm'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { sendWelcome, WecomError } from '../wecom/wecom-client.ts'
import { type Welcome, welcomes } from './contact.table.ts'
import { welcomePlace } from './record-contact.ts'

const POLL_MS = 200
const DELIVERED = 41051
const TRY_AGAIN = [41096, 45009, 45033, -1]

/** Sends welcomes within their 20 seconds; one that cannot be is written down as missed, with its cause. */
export function sendWelcomes(worker: Worker): Loop {
  return loop('send-welcomes', worker.bus.log, { pollMs: POLL_MS }, async () => {
    let done = 0
    const isDue = "state = 'PLANNED' AND (lease_until IS NULL OR lease_until < now())"
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'welcomes', isDue)) {
      const due = await claim(worker, tenantId)
      await Promise.all(due.map((welcome) => send(worker, welcome)))
      done += due.length
    }
    return done
  })
}

/** The welcome code works once, so a second worker that takes over after a crash can at worst be told so. */
async function claim({ db }: Worker, tenantId: string): Promise<Welcome[]> {
  return withTenant(db, tenantId, async (tx) => {
    const { rows } = await tx.client.query<Welcome>(
      `UPDATE welcomes SET lease_until = now() + interval '2 seconds' WHERE (tenant_id, id) IN (
         SELECT tenant_id, id FROM welcomes WHERE tenant_id = $1 AND state = 'PLANNED' AND (lease_until IS NULL OR lease_until < now())
         ORDER BY deadline LIMIT 20 FOR UPDATE SKIP LOCKED)
       RETURNING tenant_id AS "tenantId", id, account_id AS "accountId", live_code_id AS "liveCodeId", code, deadline`,
      [tenantId],
    )
    return rows
  })
}

async function send(worker: Worker, welcome: Welcome): Promise<void> {
  const { tenantId, id } = welcome
  const outcome = await attempt(worker, welcome)
  if (!outcome) return
  await withTenant(worker.db, tenantId, (tx) =>
    tx
      .update(welcomes)
      .set(outcome)
      .where(and(eq(welcomes.tenantId, tenantId), eq(welcomes.id, id))),
  )
}

type Outcome = { state: 'SENT' | 'MISSED'; problem: string | null }

async function attempt(worker: Worker, { tenantId, id, accountId, liveCodeId, code, deadline }: Welcome): Promise<Outcome | undefined> {
  if (worker.now() >= deadline) return { state: 'MISSED', problem: 'DEADLINE_PASSED' }
  const { account, text } = await withTenant(worker.db, tenantId, async (tx) => {
    const [liveCode] = await tx
      .select()
      .from(liveCodes)
      .where(and(eq(liveCodes.tenantId, tenantId), eq(liveCodes.id, liveCodeId)))
    return { account: await readAccount(tx, worker.keyRing, accountId, 'WECOM'), text: liveCode?.welcomeText ?? '' }
  })
  try {
    await sendWelcome(worker.wecomUrl, account, open(worker.keyRing, tenantId, welcomePlace(id), code), text)
    return { state: 'SENT', problem: null }
  } catch (error) {
    if (error instanceof WecomError && error.errcode === DELIVERED) return { state: 'SENT', problem: null }
    if (error instanceof WecomError && !TRY_AGAIN.includes(error.errcode)) return { state: 'MISSED', problem: error.message }
    return undefined
  }
}
