import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { GroupName } from './create-tag-group.ts'
import { lockGroup } from './lock-tag.ts'
import { foldName } from './tag.rules.ts'
import { tagGroups } from './tag.table.ts'

const Input = z.object({ idempotencyKey, groupId: z.uuid(), name: GroupName, expectedVersion: z.int().nullish() })

export async function updateTagGroup(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { groupId, name, expectedVersion } = input
  return mutate(ctx, { name: 'updateTagGroup', scope: 'customers:write' }, input, async (tx) => {
    const { version } = await lockGroup(tx, groupId, 'update')
    requireVersion(expectedVersion, version)
    await tx
      .update(tagGroups)
      .set({ name, foldedName: foldName(name), version: version + 1 })
      .where(mine(tx, tagGroups, groupId))
    return { decided: { id: groupId }, targetId: groupId }
  })
}
