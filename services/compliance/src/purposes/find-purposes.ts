import { type Db, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { isStorableText } from '@renmai/platform/serve/text.rules'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { and, eq, inArray } from 'drizzle-orm'
import { purposes } from './purpose.table.ts'

const MAX_KEYS = 500

/** Returns which of the given purposes exist, for services that store keys of purposes. */
export const findPurposes = (db: Db) =>
  answer(ComplianceService.method.findPurposes, async ({ tenantId, keys }) => {
    if (keys.length > MAX_KEYS) throw new AppError('INVALID', `At most ${MAX_KEYS} keys in one request`)
    return withTenant(db, tenantId, async (tx) => {
      const rows = await tx
        .select({ key: purposes.key })
        .from(purposes)
        .where(and(eq(purposes.tenantId, tx.tenantId), inArray(purposes.key, keys.filter(isStorableText))))
      return { keys: rows.map(({ key }) => key) }
    })
  })
