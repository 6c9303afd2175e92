import type { Tx } from '@renmai/platform/db/db'
import { sql } from 'drizzle-orm'
import { connectors } from '../connectors/connectors.ts'
import type { Context } from '../context.ts'
import type { ChannelKind } from '../gen/resolvers.ts'
import { type AccountChanges, editAccount } from './change-account.ts'
import { FIXED, resumeWork } from './heed.ts'

/** Enables an account that was disabled. @throws AppError NOT_FOUND, CONFLICT for another version */
export const enableAccount = (ctx: Context, raw: Parameters<typeof editAccount>[2]): Promise<{ id: string }> =>
  editAccount(ctx, 'enableChannelAccount', raw, async (tx, { id, disabledAt, kind }) => {
    if (!disabledAt) return undefined
    await resumeWork(tx, id)
    return { disabledAt: null, ...FIXED, ...setCallbackAgain(tx, kind) }
  })

/** Puts an account into the queue that sets callbacks, where its platform has an API for it. */
export function setCallbackAgain(tx: Tx, kind: ChannelKind): AccountChanges {
  if (!connectors[kind].provisions?.callback) return {}
  tx.work.add('channel_accounts')
  // An attempt that is under way is fenced off.
  return { nextAt: sql`now()`, attemptId: null, attempts: 0, problem: null, parkedAt: null }
}
