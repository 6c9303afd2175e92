import { withTenant } from '@renmai/platform/db'
import { type Loop, loop } from '@renmai/platform/loop'
import { tenantsWithWork } from '@renmai/platform/tenants'
import { and, asc, eq, isNull } from 'drizzle-orm'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { resolveClaims } from '../touchpoints/resolve-claims.ts'
import { readExternalContact, WecomError } from '../wecom/wecom-client.ts'
import { type Contact, contacts } from './contact.table.ts'

const POLL_MS = 300
const BATCH = 20

/**
 * Asks WeCom for the name and unionid of new contacts and tells identity, which may find that they are known from
 * elsewhere. Apart from the callback's own work, because a welcome cannot wait for it.
 */
export function readContactDetails(worker: Worker): Loop {
  return loop('read-contact-details', worker.bus.log, { pollMs: POLL_MS }, async () => {
    let done = 0
    for (const tenantId of await tenantsWithWork(worker.relayDb, 'contacts', 'details_at IS NULL')) {
      const waiting = await withTenant(worker.db, tenantId, (tx) =>
        tx
          .select()
          .from(contacts)
          .where(and(eq(contacts.tenantId, tenantId), isNull(contacts.detailsAt)))
          .orderBy(asc(contacts.addedAt))
          .limit(BATCH),
      )
      for (const contact of waiting) done += await readDetails(worker, contact)
    }
    return done
  })
}

async function readDetails(worker: Worker, { tenantId, id, accountId, externalUserId }: Contact): Promise<number> {
  const account = await withTenant(worker.db, tenantId, (tx) => readAccount(tx, worker.keyRing, accountId, 'WECOM'))
  const details = await readExternalContact(worker.wecomUrl, account, externalUserId).catch((error) => {
    // Somebody who is no contact any more has no details to give.
    if (error instanceof WecomError && !error.isRateLimit) return { name: '', unionid: undefined }
    throw error
  })
  const { corpId } = account.credentials
  const identifiers = [{ namespace: `external_userid@${corpId}`, value: externalUserId, isVerified: true }]
  if (details.unionid) identifiers.push({ namespace: `unionid@${corpId}`, value: details.unionid, isVerified: true })
  await resolveClaims(worker, tenantId, [
    {
      source: `wecom:${corpId}`,
      externalId: externalUserId,
      identifiers,
      attributes: [],
      tagIds: [],
      displayName: details.name,
      observedAt: worker.now().toISOString(),
    },
  ])
  await withTenant(worker.db, tenantId, (tx) =>
    tx
      .update(contacts)
      .set({ detailsAt: worker.now() })
      .where(and(eq(contacts.tenantId, tenantId), eq(contacts.id, id))),
  )
  return 1
}
