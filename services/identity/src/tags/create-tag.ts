import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { requireOpenGroup } from './lock-tag.ts'
import { foldName } from './tag.rules.ts'
import { tags } from './tag.table.ts'

export const TagName = z.string().trim().min(1).max(30)

const Input = z.object({ idempotencyKey, groupId: z.uuid(), name: TagName })

export async function createTag(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'createTag', scope: 'customers:write' }, input, async (tx) => {
    await requireOpenGroup(tx, input.groupId)
    const row = { tenantId: tx.tenantId, id: newId(), groupId: input.groupId, name: input.name, foldedName: foldName(input.name) }
    await tx.insert(tags).values(row)
    return { decided: { id: row.id }, targetId: row.id }
  })
}
