import { mine } from '@renmai/platform/db/rows'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { TagName } from './create-tag.ts'
import { lockTag, requireOpenGroup } from './lock-tag.ts'
import { foldName } from './tag.rules.ts'
import { tags } from './tag.table.ts'

const Input = z.object({
  idempotencyKey,
  tagId: z.uuid(),
  name: TagName.nullish(),
  groupId: z.uuid().nullish(),
  expectedVersion: z.int().nullish(),
})

/** Renames a tag, or moves it to another group. An archived tag can be renamed too, since its name blocks another. */
export async function updateTag(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { tagId, name, groupId, expectedVersion } = input
  if (!name && !groupId) throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'name, groupId' })
  return mutate(ctx, { name: 'updateTag', scope: 'customers:write' }, input, async (tx) => {
    const { version } = await lockTag(tx, tagId)
    requireVersion(expectedVersion, version)
    if (groupId) await requireOpenGroup(tx, groupId)
    const changes = { ...(name ? { name, foldedName: foldName(name) } : {}), ...(groupId ? { groupId } : {}) }
    await tx
      .update(tags)
      .set({ ...changes, version: version + 1 })
      .where(mine(tx, tags, tagId))
    return { decided: { id: tagId }, targetId: tagId }
  })
}
