import { type Tx, withTenant } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { seal } from '@renmai/platform/secrets/crypto'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq, gte, ne } from 'drizzle-orm'
import { heed, reachOf, readOpenAccount } from '../channels/channel.ts'
import type { Follow } from '../connectors/connector.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { resolveClaims } from '../touchpoints/touchpoint.ts'
import { type Contact, contactEvents, contacts, remarkPlace } from './contact.table.ts'

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

async function readDetails(deps: Deps, contact: Contact): Promise<Outcome> {
  const { tenantId, accountId, externalUserId, detailsAt } = contact
  if (detailsAt) return { done: () => Promise.resolve() }
  const account = await withTenant(deps.db, tenantId, (tx) => readOpenAccount(tx, deps.keyRing, accountId))
  const found = await connectors[account.kind].lookup?.(account, externalUserId, reachOf(deps, account.kind))
  if (!found) return { done: () => Promise.resolve() }
  // A refusal that lies in the account waits until it is fixed: it is not about the person.
  const details = await heed(deps, account, found)
  if (!('given' in details)) return 'later' in details ? details : { parked: details.refused.message }
  const { person, follows } = details.given
  await resolveClaims(deps, tenantId, [{ ...person, attributes: [], tagIds: [], observedAt: deps.now().toISOString() }])
  return {
    done: async (tx) => {
      await tx
        .update(contacts)
        .set({ detailsAt: deps.now() })
        .where(mine(tx, contacts, contact.id))
      const follow = follows.find((one) => one.staffUserId === contact.staffUserId)
      if (follow) await keepWay(tx, deps, contact, follow)
    },
  }
}

/** Notes with the present addition how the member of staff came to the contact. */
async function keepWay(tx: Tx, { keyRing }: Deps, { id, addedAt }: Contact, { addWay, remark }: Follow): Promise<void> {
  const { tenantId, contactId, kind, at } = contactEvents
  await tx
    .update(contactEvents)
    .set({ addWay: addWay ?? null, remark: remark ? seal(keyRing, tx.tenantId, remarkPlace(id), remark) : null })
    .where(and(eq(tenantId, tx.tenantId), eq(contactId, id), ne(kind, 'LOST'), gte(at, addedAt)))
}
