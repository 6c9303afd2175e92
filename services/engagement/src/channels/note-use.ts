import { type Db, withTenant } from '@renmai/platform/db/db'
import { and, eq, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { channelAccounts } from './channel-account.table.ts'

/** The times are exact to this span, so that a busy account costs one write a minute of each process. */
const EVERY_MS = 60_000

export const createUses = () => new LRUCache<string, true>({ max: 10_000, ttl: EVERY_MS })
export type Uses = ReturnType<typeof createUses>

/** Notes when an account received or sent last, beside the work: nothing waits for it, and its failure harms nothing. */
export function noteUse(
  { db, uses }: { db: Db; uses: Uses },
  { tenantId, id }: { tenantId: string; id: string },
  column: 'lastReceivedAt' | 'lastSentAt',
): void {
  const key = `${id}|${column}`
  if (uses.has(key)) return
  uses.set(key, true)
  const mine = and(eq(channelAccounts.tenantId, tenantId), eq(channelAccounts.id, id))
  void withTenant(db, tenantId, (tx) =>
    tx
      .update(channelAccounts)
      .set({ [column]: sql`now()` })
      .where(mine),
  ).catch(() => uses.delete(key))
}
