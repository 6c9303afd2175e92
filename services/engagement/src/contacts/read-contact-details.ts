import { withTenant } from '@renmai/platform/db'
import { outside } from '@renmai/platform/work/outside'
import type { Outcome } from '@renmai/platform/work/settle'
import { and, eq } from 'drizzle-orm'
import { readAccount } from '../channels/credentials.ts'
import type { Worker } from '../context.ts'
import { resolveClaims } from '../touchpoints/resolve-claims.ts'
import { readExternalContact, WecomError } from '../wecom/wecom-client.ts'
import { type Contact, contacts } from './contact.table.ts'

/**
 * Reads the name and unionid of new contacts from WeCom and hands them to identity, which may find that they are known from
 * elsewhere. Apart from the callback's own work, because a welcome cannot wait for it.
 */
export const readContactDetails = outside(contacts, (worker: Worker) => ({
  name: 'read-contact-details',
  leaseSeconds: 30,
  batch: 8,
  call: (contact) => readDetails(worker, contact),
}))

async function readDetails(worker: Worker, { tenantId, id, accountId, externalUserId, detailsAt }: Contact): Promise<Outcome> {
  if (detailsAt) return { done: () => Promise.resolve() }
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
  const mine = and(eq(contacts.tenantId, tenantId), eq(contacts.id, id))
  return { done: (tx) => tx.update(contacts).set({ detailsAt: worker.now() }).where(mine) }
}
