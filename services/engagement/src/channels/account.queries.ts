import type { Tx } from '@renmai/platform/db/db'
import { anyOf, type Conditions, contains, equals, isPresent, matching } from '@renmai/platform/db/filters'
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { ChannelAccountFilter, ChannelKind, ChannelState } from '../gen/resolvers.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import { type ChannelAccount, channelAccounts } from './channel-account.table.ts'

const { archivedAt, disabledAt, parkedAt, refusedAt, nextAt, name, kind } = channelAccounts

/** SQL of stateOf. */
const STATE = sql<ChannelState>`CASE WHEN ${archivedAt} IS NOT NULL OR ${disabledAt} IS NOT NULL THEN 'DISABLED'
  WHEN ${refusedAt} IS NOT NULL OR ${parkedAt} IS NOT NULL THEN 'BROKEN' WHEN ${nextAt} IS NOT NULL THEN 'CONNECTING' ELSE 'CONNECTED' END`

const CONDITIONS: Conditions<ChannelAccountFilter> = {
  isArchived: isPresent(archivedAt),
  kinds: anyOf(kind),
  kind: equals(kind),
  states: anyOf(STATE),
  state: equals(STATE),
  nameContains: contains(name),
}

/** Condition of the list; a tenant has few accounts, so no index answers it. */
export const accountsBy = (filter: ChannelAccountFilter | null | undefined): SQL | undefined =>
  matching(CONDITIONS, filter, { isArchived: false })

/** @throws AppError NOT_FOUND when the tenant has no such account */
export async function lockAccount(tx: Tx, accountId: string): Promise<ChannelAccount> {
  const [found] = await tx
    .select()
    .from(channelAccounts)
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), eq(channelAccounts.id, accountId)))
    .for('update')
  if (!found) throw channelAccountFailure('CHANNEL_ACCOUNT_NOT_FOUND', 'accountId')
  return found
}

/** The kinds of which the tenant has accounts, all of them disabled: what they send waits. */
export async function disabledKinds(tx: Tx): Promise<ReadonlySet<ChannelKind>> {
  const rows = await tx
    .select({ kind })
    .from(channelAccounts)
    .where(and(eq(channelAccounts.tenantId, tx.tenantId), isNull(archivedAt)))
    .groupBy(kind)
    .having(sql`bool_and(${disabledAt} IS NOT NULL)`)
  return new Set(rows.map((row) => row.kind))
}
