import { timingSafeEqual } from 'node:crypto'
import { answer } from '@renmai/platform/ask'
import { type Db, withTenant } from '@renmai/platform/db'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { apiClients } from './api-client.table.ts'
import { hashSecret } from './create-api-client.ts'

/** Tells the gateway whose key it was shown. All refusals look the same. */
export const answerAuthenticateClient = (db: Db, pepper: string) =>
  answer(IdentityService.method.authenticateClient, ({ tenantId, keyId, secretDigest }) =>
    withTenant(db, tenantId, async (tx) => {
      const usable = and(
        eq(apiClients.tenantId, tenantId),
        eq(apiClients.keyId, keyId),
        isNull(apiClients.revokedAt),
        or(isNull(apiClients.expiresAt), gt(apiClients.expiresAt, sql`now()`)),
      )
      const [client] = await tx.select().from(apiClients).where(usable)
      if (!client || !timingSafeEqual(client.secretHash, hashSecret(pepper, secretDigest))) return {}
      // Once a minute is enough to find dormant keys, and spares a write per request.
      await tx
        .update(apiClients)
        .set({ lastUsedAt: sql`now()` })
        .where(
          and(
            eq(apiClients.tenantId, tenantId),
            eq(apiClients.id, client.id),
            sql`coalesce(last_used_at, '-infinity') < now() - interval '1 minute'`,
          ),
        )
      return { clientId: client.id, scopes: client.scopes }
    }),
  )
