import type { Tx } from '@renmai/platform/db/db'
import { sql } from 'drizzle-orm'
import { unsealedChains } from './audit.table.ts'

/** Entries that are cut off before the next checkpoint leave no trace, so a checkpoint follows within a minute. */
const SEAL_AFTER = "interval '1 minute'"

/** Schedules one signature of the chain, however many entries follow until then. */
export async function noteUnsealed(tx: Tx): Promise<void> {
  const nextAt = sql`now() + ${sql.raw(SEAL_AFTER)}`
  await tx.insert(unsealedChains).values({ tenantId: tx.tenantId, nextAt }).onConflictDoNothing()
  tx.work.add('unsealed_chains')
}
