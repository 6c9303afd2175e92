import type { Tx } from '@renmai/platform/db/db'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, eq, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockAccount } from './account.queries.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'
import { refreshKnown } from './known-account.ts'

export const SCOPE = 'channels:write'

/** Input of every change of an account. */
export const AccountChange = z.object({ idempotencyKey, accountId: z.uuid(), expectedVersion: z.int().nullish() })

export type AccountChanges = PgUpdateSetSource<typeof channelAccounts>

/** Changes an account whose row is locked. */
export async function changeAccount(tx: Tx, { id, version }: ChannelAccount, changes: AccountChanges) {
  await tx
    .update(channelAccounts)
    .set({ ...changes, version: version + 1, updatedAt: sql`now()` })
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, id)))
  return { decided: { id }, targetId: id }
}

/**
 * Runs a change of an account that needs no more than its row: the row is locked, its version checked, and this process uses
 * the result immediately.
 * @param decide the changes, or an AppError; undefined for an account that is already so
 */
export async function editAccount(
  ctx: Context,
  name: string,
  raw: z.input<typeof AccountChange>,
  decide: (tx: Tx, account: ChannelAccount) => Promise<AccountChanges | undefined> | AccountChanges | undefined,
): Promise<{ id: string }> {
  const input = parse(AccountChange, raw)
  const changed = await mutate(ctx, { name, scope: SCOPE }, input, async (tx) => {
    const account = await lockAccount(tx, input.accountId)
    requireVersion(input.expectedVersion, account.version)
    const changes = await decide(tx, account)
    return changes ? changeAccount(tx, account, changes) : { decided: { id: account.id }, targetId: account.id }
  })
  await refreshKnown(ctx, input.accountId)
  return changed
}
