import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockTag, requireOpenGroup } from './lock-tag.ts'
import { type Tag, tags } from './tag.table.ts'

const Input = z.object({ idempotencyKey, tagId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Archives a tag. Profiles keep it. Other services check tags before they store them, and get no archived ones: what they have
 * stored already works on. An archived tag stays as it is.
 */
export async function archiveTag(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'archiveTag', scope: 'customers:write' }, input, async (tx) => {
    const tag = await lockTag(tx, input.tagId)
    requireVersion(input.expectedVersion, tag.version)
    if (!tag.archivedAt) await setArchived(tx, tag, ctx.now())
    return { decided: { id: tag.id }, targetId: tag.id }
  })
}

/**
 * Makes an archived tag usable again.
 * @throws AppError CONFLICT while its group is archived
 */
export async function restoreTag(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'restoreTag', scope: 'customers:write' }, input, async (tx) => {
    const tag = await lockTag(tx, input.tagId)
    requireVersion(input.expectedVersion, tag.version)
    await requireOpenGroup(tx, tag.groupId)
    if (tag.archivedAt) await setArchived(tx, tag, null)
    return { decided: { id: tag.id }, targetId: tag.id }
  })
}

const setArchived = (tx: Tx, { id, version }: Tag, archivedAt: Date | null) =>
  tx
    .update(tags)
    .set({ archivedAt, version: version + 1 })
    .where(mine(tx, tags, id))
