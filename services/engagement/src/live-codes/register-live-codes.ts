import { withTenant } from '@renmai/platform/db'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq } from 'drizzle-orm'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { addContactWay, WecomError } from '../wecom/wecom-client.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

/**
 * Requests from WeCom the codes that have none yet. A crash after WeCom answered makes a second code there, which nobody is
 * shown: the state, not the code, attributes a customer.
 */
export const registerLiveCodes = outside(liveCodes, (worker: Worker) => ({
  name: 'register-live-codes',
  leaseSeconds: 30,
  batch: 4,
  call: (code) => register(worker, code),
}))

async function register(worker: Worker, code: LiveCode): Promise<Outcome> {
  const { tenantId, id, accountId, state, owners: user, skipVerify: skip_verify, name } = code
  if (code.configId) return { done: () => Promise.resolve() }
  const account = await withTenant(worker.db, tenantId, (tx) => readAccount(tx, worker.keyRing, accountId, 'WECOM'))
  try {
    const made = await addContactWay(worker.wecomUrl, account, { state, user, skip_verify, remark: name.slice(0, 30) })
    const mine = and(eq(liveCodes.tenantId, tenantId), eq(liveCodes.id, id))
    return { done: (tx) => tx.update(liveCodes).set(made).where(mine) }
  } catch (error) {
    if (!(error instanceof WecomError)) throw error
    // Too many calls passes by itself; anything else needs a person.
    return error.isRateLimit ? { later: error.message } : { parked: error.message }
  }
}
