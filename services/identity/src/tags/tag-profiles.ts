import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { insertRowsReturning } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockTag } from './lock-tag.ts'
import { profilesAt, TagTarget } from './profiles-at.ts'
import { tagFailure } from './tag.failures.ts'
import { profileTags } from './tag.table.ts'

const Input = z.object({ idempotencyKey, tagId: z.uuid(), target: TagTarget })

export async function tagProfiles(ctx: Context, raw: z.input<typeof Input>): Promise<{ changed: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'tagProfiles', scope: 'customers:write' }, input, async (tx) => {
    const { archivedAt } = await lockTag(tx, input.tagId, 'share')
    if (archivedAt) throw tagFailure('TAG_ARCHIVED', 'tagId')
    const profileIds = await profilesAt(tx, input.target)
    const changed = await addTags(
      tx,
      profileIds.map((profileId) => ({ profileId, tagId: input.tagId, at: ctx.now() })),
    )
    return { decided: { changed }, targetId: input.tagId }
  })
}

export async function untagProfiles(ctx: Context, raw: z.input<typeof Input>): Promise<{ changed: number }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'untagProfiles', scope: 'customers:write' }, input, async (tx) => {
    await lockTag(tx, input.tagId, 'share')
    const [at, profileIds] = [ctx.now(), await profilesAt(tx, input.target)]
    const { rows } = await tx.client.query<{ profile_id: string; customer_id: string }>(
      `UPDATE profile_tags t SET removed_at = $4 FROM profiles p
       WHERE t.tenant_id = $1 AND t.tag_id = $2 AND t.profile_id = ANY($3) AND t.removed_at IS NULL AND p.tenant_id = $1 AND p.id = t.profile_id
       RETURNING t.profile_id, p.customer_id`,
      [tx.tenantId, input.tagId, profileIds, at],
    )
    await publish(
      tx,
      TagRemovedSchema,
      ...rows.map((row) => ({ profileId: row.profile_id, customerId: row.customer_id, tagId: input.tagId, at: timestampFromDate(at) })),
    )
    return { decided: { changed: rows.length }, targetId: input.tagId }
  })
}

/** Adds tags to profiles; profiles that do not exist, and tags that do not exist or are archived, are skipped. Returns how many were new. */
export async function addTags(tx: Tx, marks: { profileId: string; tagId: string; at: Date }[]): Promise<number> {
  if (marks.length === 0) return 0
  const distinct = [...new Map(marks.map((mark) => [`${mark.profileId}|${mark.tagId}`, mark])).values()]
  const known = await tx.client.query<{ profile_id: string; tag_id: string; customer_id: string }>(
    `SELECT m.profile_id, m.tag_id, p.customer_id FROM unnest($2::uuid[], $3::uuid[]) AS m (profile_id, tag_id)
     JOIN profiles p ON p.tenant_id = $1 AND p.id = m.profile_id JOIN tags t ON t.tenant_id = $1 AND t.id = m.tag_id AND t.archived_at IS NULL`,
    [tx.tenantId, distinct.map((mark) => mark.profileId), distinct.map((mark) => mark.tagId)],
  )
  const isKnown = new Set(known.rows.map((row) => `${row.profile_id}|${row.tag_id}`))
  const customerOf = new Map(known.rows.map((row) => [row.profile_id, row.customer_id]))
  const rows = distinct
    .filter((mark) => isKnown.has(`${mark.profileId}|${mark.tagId}`))
    .map(({ profileId, tagId, at }) => ({ profileId, tagId, addedAt: at }))
  const added = await insertRowsReturning(tx, profileTags, rows, {
    conflict: `ON CONFLICT (tenant_id, profile_id, tag_id) DO UPDATE SET added_at = excluded.added_at, removed_at = NULL
      WHERE profile_tags.removed_at < excluded.added_at`,
  })
  await publish(
    tx,
    TagAddedSchema,
    ...added.map(({ profileId, tagId, addedAt }) => ({
      profileId,
      tagId,
      customerId: customerOf.get(profileId)!,
      at: timestampFromDate(addedAt),
    })),
  )
  return added.length
}
