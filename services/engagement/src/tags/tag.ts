import { ask } from '@renmai/platform/events/ask'
import { AppError } from '@renmai/platform/serve/errors'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { Context } from '../context.ts'

/**
 * Queries identity whether tags exist: engagement consumes no events of tags.
 * @param field path of the tags in the input
 * @throws AppError NOT_FOUND that names the first tag that does not exist, UNAVAILABLE when identity does not answer
 */
export async function requireTags({ bus, viewer }: Context, tagIds: readonly string[], field: string): Promise<void> {
  if (tagIds.length === 0) return
  const found = await ask(bus, IdentityService.method.findTags, { tenantId: viewer.tenantId, tagIds: [...tagIds] })
  const missing = tagIds.find((id) => !found.tagIds.includes(id))
  if (missing)
    throw new AppError('NOT_FOUND', `There is no tag with the id ${missing}`, { [field]: `names the tag ${missing}, which does not exist` })
}
