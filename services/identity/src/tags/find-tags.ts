import { type Db, withTenant } from '@renmai/platform/db/db'
import { answer } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { tags } from './tag.table.ts'

const MAX_TAGS = 500

/**
 * Returns which of the given tags may be used, for services that store ids of tags. Archived tags are left out, so that nothing
 * new names them.
 */
export const findTags = (db: Db) =>
  answer(IdentityService.method.findTags, async ({ tenantId, tagIds }) => {
    if (tagIds.length > MAX_TAGS) throw new AppError('INVALID', `At most ${MAX_TAGS} tags in one request`)
    return withTenant(db, tenantId, async (tx) => {
      const ids = tagIds.filter(isId)
      const rows = await tx
        .select({ id: tags.id })
        .from(tags)
        .where(and(eq(tags.tenantId, tx.tenantId), inArray(tags.id, ids), isNull(tags.archivedAt)))
      return { tagIds: rows.map(({ id }) => id) }
    })
  })
