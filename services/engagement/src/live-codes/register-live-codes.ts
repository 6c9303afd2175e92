import { withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { and, eq, isNull } from 'drizzle-orm'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { addContactWay, WecomError } from '../wecom/wecom-client.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

const POLL_MS = 500
const BATCH = 20

/**
 * Asks WeCom for the codes that have none yet. A crash after WeCom answered makes a second code there, which nobody is
 * shown: the state, not the code, attributes a customer.
 */
export function registerLiveCodes(worker: Worker): Loop {
  return loop('register-live-codes', worker.bus.log, { pollMs: POLL_MS }, async () => {
    let done = 0
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'live_codes', 'config_id IS NULL AND problem IS NULL')) {
      const waiting = await withTenant(worker.db, tenantId, (tx) =>
        tx
          .select()
          .from(liveCodes)
          .where(and(eq(liveCodes.tenantId, tenantId), isNull(liveCodes.configId), isNull(liveCodes.problem)))
          .limit(BATCH),
      )
      for (const code of waiting) done += await register(worker, code)
    }
    return done
  })
}

async function register(worker: Worker, code: LiveCode): Promise<number> {
  const account = await withTenant(worker.db, code.tenantId, (tx) => readAccount(tx, worker.keyRing, code.accountId, 'WECOM'))
  const change = await addContactWay(worker.wecomUrl, account, {
    state: code.state,
    user: code.owners,
    skip_verify: code.skipVerify,
    remark: code.name.slice(0, 30),
  }).catch((error) => {
    // Too many calls passes by itself; anything else needs a person.
    if (error instanceof WecomError && !error.isRateLimit) return { problem: error.message }
    throw error
  })
  await withTenant(worker.db, code.tenantId, (tx) =>
    tx
      .update(liveCodes)
      .set(change)
      .where(and(eq(liveCodes.tenantId, code.tenantId), eq(liveCodes.id, code.id))),
  )
  return 1
}
