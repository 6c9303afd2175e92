import type { Tx } from '@renmai/platform/db/db'
import { sql } from 'drizzle-orm'
import { unsealedChains } from './audit.table.ts'

/** What is cut off the end of a chain before the next checkpoint leaves no trace: a minute, and no more. */
const SEAL_AFTER = "interval '1 minute'"

/** Has the chain signed soon, however many entries follow until then. */
export async function noteUnsealed(tx: Tx): Promise<void> {
  const nextAt = sql`now() + ${sql.raw(SEAL_AFTER)}`
  await tx.insert(unsealedChains).values({ tenantId: tx.tenantId, nextAt }).onConflictDoNothing()
  tx.work.add('unsealed_chains')
}
