import { createHash } from 'node:crypto'
import { withTenant } from '@renmai/platform/db/db'
import { seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import type { Push } from '../connectors/connector.ts'
import type { Deps } from '../context.ts'
import { webhooks } from './webhook.table.ts'

export const webhookPlace = (id: string) => `webhooks.body|${id}`

/** Stores a push, sealed; it is processed after the answer. */
export async function storePush({ db, keyRing }: Deps, tenantId: string, accountId: string, { identity, message }: Push): Promise<void> {
  const id = newId()
  const dedupeKey = createHash('sha256').update(identity).digest('base64url')
  const body = seal(keyRing, tenantId, webhookPlace(id), message)
  await withTenant(db, tenantId, async (tx) => {
    await tx.insert(webhooks).values({ tenantId, id, accountId, dedupeKey, body }).onConflictDoNothing()
    tx.work.add('webhooks')
  })
}
