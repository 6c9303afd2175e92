import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { and, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Answer, Refusal } from '../connectors/connector.ts'
import { contacts } from '../contacts/contact.table.ts'
import { webhooks } from '../intake/webhook.table.ts'
import { liveCodes } from '../live-codes/live-code.table.ts'
import { staffTasks } from '../staff-tasks/staff-task.table.ts'
import type { AccountChanges } from './change-account.ts'
import { channelAccounts } from './channel-account.table.ts'
import type { OpenAccount } from './credentials.ts'

type Called = Pick<OpenAccount, 'id' | 'tenantId' | 'isRefused'>

/**
 * Notes in the health of an account whether its platform takes its calls.
 * @returns the answer; `later` instead of `broken`, so that the work waits until the account is fixed
 */
export async function heed<T>(deps: { db: Db }, account: Called, answer: Answer<T>): Promise<Exclude<Answer<T>, { broken: Refusal }>> {
  if ('broken' in answer) {
    await noteRefusal(deps, account, answer.broken)
    return { later: answer.broken.message }
  }
  if ('given' in answer) await noteTaken(deps, account)
  return answer
}

/** Notes that the platform takes no calls of an account. */
export const noteRefusal = ({ db }: { db: Db }, { id, tenantId }: Called, { code, message }: Refusal) =>
  withTenant(db, tenantId, (tx) =>
    tx
      .update(channelAccounts)
      .set({ refusedCode: code, refusedMessage: message, refusedAt: sql`now()` })
      // One write for all the calls that are refused alike.
      .where(and(mine(tx, id), sql`${channelAccounts.refusedCode} IS DISTINCT FROM ${code}`)),
  )

/** Notes that the platform takes the calls of an account, if it refused them before. */
export async function noteTaken({ db }: { db: Db }, { id, tenantId, isRefused }: Called): Promise<void> {
  if (!isRefused) return
  await withTenant(db, tenantId, async (tx) => {
    await tx.update(channelAccounts).set(FIXED).where(mine(tx, id))
    await resumeWork(tx, id)
  })
}

/** An account that was changed counts as fixed until its platform refuses it again. */
export const FIXED = { refusedCode: null, refusedMessage: null, refusedAt: null } as const satisfies AccountChanges

const QUEUES = [contacts, liveCodes, staffTasks, webhooks] as const
/** Further rows follow by their own delay, of ten minutes at most. */
const MAX_RESUMED = 1_000

/** Makes the waiting work of an account due, so that it does not wait for its delay after the account was fixed. */
export async function resumeWork(tx: Tx, accountId: string): Promise<void> {
  for (const table of QUEUES) {
    const waiting = tx
      .select({ id: table.id })
      .from(table)
      .where(
        and(
          eq(table.tenantId, tx.tenantId),
          eq(table.accountId, accountId),
          isNotNull(table.problem),
          isNull(table.attemptId),
          gt(table.nextAt, sql`now()`),
        ),
      )
      .limit(MAX_RESUMED)
    await tx
      .update(table)
      .set({ nextAt: sql`now()` })
      .where(and(eq(table.tenantId, tx.tenantId), inArray(table.id, waiting)))
  }
  tx.work.add('contacts').add('live_codes').add('staff_tasks').add('webhooks')
}

const mine = (tx: Tx, id: string) => and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, id))
