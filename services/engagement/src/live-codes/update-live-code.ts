import { changeFailure } from '@renmai/platform/serve/change.failures'
import { mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { requireScope } from '@renmai/platform/serve/viewer'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import { requireTags } from '../tags/tag.ts'
import { changeLiveCode, LiveCodeChange, SCOPE } from './change-live-code.ts'
import { Content } from './create-live-code.ts'
import { liveCodeFailure } from './live-code.failures.ts'
import { lockLiveCode } from './live-code.queries.ts'

const Input = LiveCodeChange.extend(Content.partial().shape).extend({
  name: Content.shape.name.nullish(),
  owners: Content.shape.owners.nullish(),
})

/**
 * Changes a code; a worker changes it on the platform too. Its picture stays the same.
 * @throws AppError FORBIDDEN for a welcome text without messages:write: it is sent to every person who scans the code
 * @throws AppError NOT_FOUND for tags that do not exist; CONFLICT for another version, and for an archived code
 */
export async function updateLiveCode(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { idempotencyKey: _key, liveCodeId, expectedVersion, welcomeText, ...rest } = input
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined))
  // Null clears the welcome text.
  const changes = { ...given, ...(welcomeText === undefined ? {} : { welcomeText }) }
  if (Object.keys(changes).length === 0)
    throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'name, owners, tagIds, welcomeText, skipVerify' })
  if (welcomeText) requireScope(ctx.viewer, 'messages:write')
  const check = () => requireTags(ctx, input.tagIds ?? [], 'tagIds')
  return mutate(ctx, { name: 'updateLiveCode', scope: SCOPE, check }, input, async (tx) => {
    const code = await lockLiveCode(tx, liveCodeId)
    requireVersion(expectedVersion, code.version)
    if (code.archivedAt) throw liveCodeFailure('LIVE_CODE_ARCHIVED', 'liveCodeId')
    return changeLiveCode(tx, code, changes)
  })
}
