import type { Tx } from '@renmai/platform/db/db'
import { and, eq } from 'drizzle-orm'
import { type LiveCode, liveCodes } from './live-code.table.ts'

/** The live code of an account with a state. */
export async function findLiveCode(tx: Tx, accountId: string, state: string): Promise<LiveCode | undefined> {
  const [code] = await tx
    .select()
    .from(liveCodes)
    .where(and(eq(liveCodes.tenantId, tx.tenantId), eq(liveCodes.accountId, accountId), eq(liveCodes.state, state)))
  return code
}
