import { type Db, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, isNull } from 'drizzle-orm'
import { trustedDocuments } from './trusted-document.table.ts'

/** Returns to the gateway the text of a document that a tenant trusts. */
export const findDocument = (db: Db) =>
  answer(IdentityService.method.findDocument, ({ tenantId, hash }) =>
    withTenant(db, tenantId, async (tx) => {
      const trusted = and(eq(trustedDocuments.tenantId, tx.tenantId), eq(trustedDocuments.hash, hash), isNull(trustedDocuments.retiredAt))
      const [found] = await tx.select({ body: trustedDocuments.body }).from(trustedDocuments).where(trusted)
      return found ?? {}
    }),
  )
