import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { foldName } from './tag.rules.ts'
import { tagGroups } from './tag.table.ts'

export const GroupName = z.string().trim().min(1).max(15)

const Input = z.object({ idempotencyKey, name: GroupName })

export async function createTagGroup(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'createTagGroup', scope: 'customers:write' }, input, async (tx) => {
    const row = { tenantId: tx.tenantId, id: newId(), name: input.name, foldedName: foldName(input.name) }
    await tx.insert(tagGroups).values(row)
    return { decided: { id: row.id }, targetId: row.id }
  })
}
