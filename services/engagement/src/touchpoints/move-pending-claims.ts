import { withTenant } from '@renmai/platform/db/db'
import { LEASED } from '@renmai/platform/work/leased'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'

const BATCH = 500

/** Moves claims that replicas of the previous release keep during an update to the table in which they are resolved. */
export const movePendingClaims = queue('pending_claims', (deps: Deps) => ({
  name: 'move-pending-claims',
  due: [LEASED],
  parks: true,
  work: (tenantId) =>
    withTenant(deps.db, tenantId, async (tx) => {
      const { rowCount } = await tx.client.query(
        `WITH moved AS (
           DELETE FROM pending_claims WHERE tenant_id = $1 AND identity_key IN (
             SELECT identity_key FROM pending_claims WHERE tenant_id = $1 AND next_at <= now() ORDER BY next_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
           RETURNING tenant_id, identity_key, account_id, claim, created_at)
         INSERT INTO event_claims (tenant_id, id, identity_key, account_id, claim, created_at)
         SELECT tenant_id, uuidv7(), identity_key, account_id, claim, created_at FROM moved`,
        [tx.tenantId],
      )
      if (rowCount) tx.work.add('event_claims')
      return rowCount ?? 0
    }),
}))
