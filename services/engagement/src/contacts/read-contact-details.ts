import { withTenant } from '@renmai/platform/db/db'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq } from 'drizzle-orm'
import { reachOf, readAccount } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { resolveClaims } from '../touchpoints/touchpoint.ts'
import { type Contact, contacts } from './contact.table.ts'

/**
 * Reads the names and further identifiers of new contacts from their platform and sends them to identity, which may find
 * that they are known from another source. This is apart from the callback's own work, because a welcome cannot wait for it.
 */
export const readContactDetails = outside(contacts, (deps: Deps) => ({
  name: 'read-contact-details',
  leaseSeconds: 30,
  batch: 8,
  call: (contact) => readDetails(deps, contact),
}))

async function readDetails(deps: Deps, { tenantId, id, accountId, externalUserId, detailsAt }: Contact): Promise<Outcome> {
  if (detailsAt) return { done: () => Promise.resolve() }
  const account = await withTenant(deps.db, tenantId, (tx) => readAccount(tx, deps.keyRing, accountId))
  const details = await connectors[account.kind].lookup?.(account, externalUserId, reachOf(deps, account.kind))
  if (!details) return { done: () => Promise.resolve() }
  if (!('given' in details)) return 'later' in details ? details : { parked: details.refused }
  const observedAt = deps.now().toISOString()
  await resolveClaims(deps, tenantId, [{ ...details.given, attributes: [], tagIds: [], observedAt }])
  const mine = and(eq(contacts.tenantId, tenantId), eq(contacts.id, id))
  return { done: (tx) => tx.update(contacts).set({ detailsAt: deps.now() }).where(mine) }
}
