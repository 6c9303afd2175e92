import type { Tx } from '@renmai/platform/db/db'
import { and, eq } from 'drizzle-orm'
import { type LiveCode, liveCodes } from './live-code.table.ts'

/** Finds the live code of an account by its reference. */
export async function findLiveCode(tx: Tx, accountId: string, reference: string): Promise<LiveCode | undefined> {
  const [code] = await tx
    .select()
    .from(liveCodes)
    .where(and(eq(liveCodes.tenantId, tx.tenantId), eq(liveCodes.accountId, accountId), eq(liveCodes.reference, reference)))
  return code
}
