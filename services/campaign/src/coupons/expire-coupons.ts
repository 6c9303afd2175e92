import { withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import type { Worker } from '../context.ts'

const POLL_MS = 30_000

/** Ends coupons whose time is over and lets go of those whose order was not paid within the lock. */
export function expireCoupons(worker: Worker): Loop {
  return loop('expire-coupons', worker.bus.log, { pollMs: POLL_MS }, async () => {
    const running = "state IN ('ISSUED', 'RETURNED', 'LOCKED')"
    const due = [`${running} AND expires_at < now()`, `${running} AND locked_until < now()`] as const
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'coupons', ...due)) {
      await withTenant(worker.db, tenantId, async (tx) => {
        await tx.client.query(
          "UPDATE coupons SET state = 'ISSUED', order_key = NULL, locked_until = NULL, discount_minor = NULL WHERE tenant_id = $1 AND state = 'LOCKED' AND locked_until < now()",
          [tenantId],
        )
        await tx.client.query(
          "UPDATE coupons SET state = 'EXPIRED' WHERE tenant_id = $1 AND state IN ('ISSUED', 'RETURNED') AND expires_at < now()",
          [tenantId],
        )
      })
    }
    return 0
  })
}
