import { createHash, timingSafeEqual } from 'node:crypto'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { publish } from '@renmai/platform/events/outbox'
import { ActionRecordedSchema } from '@renmai/proto/compliance/v1/audit'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, or, sql } from 'drizzle-orm'
import { isAllowedFrom } from './address.rules.ts'
import { type ApiClient, apiClients } from './api-client.table.ts'
import { isUsable } from './api-client.ts'
import { hashSecret } from './create-api-client.ts'

/** Returns to the gateway the client that a key belongs to. All refusals of a key look the same. */
export const authenticateClient = (db: Db, pepper: string) =>
  answer(IdentityService.method.authenticateClient, ({ tenantId, keyId, secretDigest, address }) =>
    withTenant(db, tenantId, async (tx) => {
      const client = await findClient(tx, keyId)
      if (!client) return {}
      const kept = client.nextKeyId === keyId ? client.nextSecretHash : client.secretHash
      if (!kept || !timingSafeEqual(kept, hashSecret(pepper, secretDigest))) return {}
      return letIn(tx, client, keyId, address)
    }),
  )

/** Returns to the gateway what a client may do now. The gateway has verified the client's token itself. */
export const authorizeApiKey = (db: Db) =>
  answer(IdentityService.method.authorizeApiKey, ({ tenantId, keyId, address }) =>
    withTenant(db, tenantId, async (tx) => {
      const client = await findClient(tx, keyId)
      return client ? letIn(tx, client, keyId, address) : {}
    }),
  )

async function letIn(tx: Tx, client: ApiClient, keyId: string, address: string) {
  if (!isAllowedFrom(client.allowedAddresses, address)) {
    if (await noteMoment(tx, client.id, 'addressRefusedAt')) await recordRefusal(tx, client.id, address)
    return { isAddressRefused: true }
  }
  await noteMoment(tx, client.id, client.nextKeyId === keyId ? 'nextKeyLastUsedAt' : 'lastUsedAt')
  return { clientId: client.id, scopes: client.scopes, plan: client.plan, isPartner: client.kind === 'PARTNER' }
}

async function findClient(tx: Tx, keyId: string): Promise<ApiClient | undefined> {
  const usable = and(isUsable(tx), or(eq(apiClients.keyId, keyId), eq(apiClients.nextKeyId, keyId)))
  return (await tx.select().from(apiClients).where(usable))[0]
}

/** Once a minute is enough to find dormant keys, and spares a write per request. @returns whether it was noted now */
async function noteMoment(tx: Tx, id: string, name: 'lastUsedAt' | 'nextKeyLastUsedAt' | 'addressRefusedAt'): Promise<boolean> {
  const isDue = sql`coalesce(${apiClients[name]}, '-infinity') < now() - interval '1 minute'`
  const { rowCount } = await tx
    .update(apiClients)
    .set({ [name]: sql`now()` })
    .where(and(eq(apiClients.tenantId, tx.tenantId), eq(apiClients.id, id), isDue))
  return rowCount === 1
}

/** A valid key from an address that is not allowed may be stolen. The audit entry lets the tenant's auditors find it. */
async function recordRefusal(tx: Tx, id: string, address: string): Promise<void> {
  await publish(tx, ActionRecordedSchema, {
    action: 'refuseApiKeyAddress',
    actorKind: 'CLIENT',
    actorId: id,
    targetId: id,
    inputDigest: createHash('sha256').update(address).digest(),
    at: timestampFromDate(new Date()),
  })
}
