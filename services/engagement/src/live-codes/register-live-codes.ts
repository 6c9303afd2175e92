import { withTenant } from '@renmai/platform/db/db'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq } from 'drizzle-orm'
import { reachOf, readAccount } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { type LiveCode, liveCodes } from './live-code.table.ts'

/**
 * Requests codes from the platform for live codes that have none yet. A crash after the platform's answer leaves a second code
 * there, which is never shown: the state, not the code, attributes a customer.
 */
export const registerLiveCodes = outside(liveCodes, (deps: Deps) => ({
  name: 'register-live-codes',
  leaseSeconds: 30,
  batch: 4,
  call: (code) => register(deps, code),
}))

async function register(deps: Deps, code: LiveCode): Promise<Outcome> {
  const { tenantId, id, accountId } = code
  if (code.configId) return { done: () => Promise.resolve() }
  const account = await withTenant(deps.db, tenantId, (tx) => readAccount(tx, deps.keyRing, accountId))
  const made = await connectors[account.kind].provisions?.liveCode?.(account, code, reachOf(deps, account.kind))
  if (!made) return { parked: 'The platform makes no live codes' }
  // A transient reason is retried; any other needs a person.
  if (!('given' in made)) return 'later' in made ? made : { parked: made.refused }
  const mine = and(eq(liveCodes.tenantId, tenantId), eq(liveCodes.id, id))
  return { done: (tx) => tx.update(liveCodes).set(made.given).where(mine) }
}
