import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockGroup } from './lock-tag.ts'
import { tagFailure } from './tag.failures.ts'
import { namesOf } from './tag.rules.ts'
import { type TagGroup, tagGroups, tags } from './tag.table.ts'

/** Number of tags that a message names. */
const MAX_NAMES = 5

const Input = z.object({ idempotencyKey, groupId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Archives a tag group. An archived group stays as it is.
 * @throws AppError CONFLICT that names tags of the group that are not archived
 */
export async function archiveTagGroup(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'archiveTagGroup', scope: 'customers:write' }, input, async (tx) => {
    const group = await lockGroup(tx, input.groupId, 'update')
    requireVersion(input.expectedVersion, group.version)
    await requireNoTags(tx, group)
    if (!group.archivedAt) await setArchived(tx, group, ctx.now())
    return { decided: { id: group.id }, targetId: group.id }
  })
}

export async function restoreTagGroup(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'restoreTagGroup', scope: 'customers:write' }, input, async (tx) => {
    const group = await lockGroup(tx, input.groupId, 'update')
    requireVersion(input.expectedVersion, group.version)
    if (group.archivedAt) await setArchived(tx, group, null)
    return { decided: { id: group.id }, targetId: group.id }
  })
}

async function requireNoTags(tx: Tx, { id }: TagGroup): Promise<void> {
  const used = await tx
    .select({ name: tags.name, count: sql<number>`count(*) OVER ()::int` })
    .from(tags)
    .where(and(eq(tags.tenantId, tx.tenantId), eq(tags.groupId, id), isNull(tags.archivedAt)))
    .orderBy(asc(tags.foldedName))
    .limit(MAX_NAMES)
  const [first] = used
  if (!first) return
  const names = used.map(({ name }) => name)
  throw tagFailure('TAG_GROUP_HAS_TAGS', 'groupId', { names: namesOf(names, first.count) })
}

const setArchived = (tx: Tx, { id, version }: TagGroup, archivedAt: Date | null) =>
  tx
    .update(tagGroups)
    .set({ archivedAt, version: version + 1 })
    .where(mine(tx, tagGroups, id))
