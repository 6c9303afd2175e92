import { ask } from '@renmai/platform/events/ask'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { IdentityService } from '@renmai/proto/identity/v1/identity_service'
import type { Context } from '../context.ts'
import { tagFailure } from './tag.failures.ts'

/** As many as identity takes in one request. */
const MAX_TAGS = 500

/**
 * Queries identity whether tags exist: campaign receives a tag only when a profile gets it.
 * @param field path of the tags in the input
 * @throws AppError NOT_FOUND that names the first tag that does not exist, UNAVAILABLE when identity does not answer
 */
export async function requireTags({ bus, viewer }: Context, tagIds: readonly string[], field: string): Promise<void> {
  const wanted = [...new Set(tagIds)]
  const found = new Set<string>()
  for (let at = 0; at < wanted.length; at += MAX_TAGS) {
    const request = { tenantId: viewer.tenantId, tagIds: wanted.slice(at, at + MAX_TAGS) }
    for (const id of (await ask(bus, IdentityService.method.findTags, request)).tagIds) found.add(id)
  }
  const missing = wanted.find((id) => !found.has(id))
  if (missing) throw tagFailure('TAG_NOT_FOUND', field, { id: writeGlobalId('Tag', missing) })
}
