import type { Tx } from '@renmai/platform/db/db'
import { anyOf, type Conditions, contains, equals, isIdOf, isPresent, matching } from '@renmai/platform/db/filters'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { LiveCodeFilter, LiveCodeState } from '../gen/resolvers.ts'
import { liveCodeFailure } from './live-code.failures.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

const { tenantId, id, accountId, archivedAt, parkedAt, configId, version, provisionedVersion, name } = liveCodes

/** SQL of stateOf. */
const STATE = sql<LiveCodeState>`CASE WHEN ${archivedAt} IS NOT NULL THEN 'ARCHIVED' WHEN ${parkedAt} IS NOT NULL THEN 'REFUSED'
  WHEN ${configId} IS NULL THEN 'CREATING' WHEN ${provisionedVersion} < ${version} THEN 'CHANGING' ELSE 'READY' END`

const CONDITIONS: Conditions<LiveCodeFilter> = {
  isArchived: isPresent(archivedAt),
  accountId: isIdOf(accountId),
  states: anyOf(STATE),
  state: equals(STATE),
  nameContains: contains(name),
}

/** Condition of the list. A tenant has thousands of codes at most, so its own rows are scanned for what has no index. */
export const codesBy = (filter: LiveCodeFilter | null | undefined): SQL | undefined => matching(CONDITIONS, filter, { isArchived: false })

/** @throws AppError NOT_FOUND when the tenant has no such code */
export async function lockLiveCode(tx: Tx, liveCodeId: string): Promise<LiveCode> {
  const [found] = await tx
    .select()
    .from(liveCodes)
    .where(and(eq(tenantId, tx.tenantId), eq(id, liveCodeId)))
    .for('update')
  if (!found) throw liveCodeFailure('LIVE_CODE_NOT_FOUND', 'liveCodeId')
  return found
}
