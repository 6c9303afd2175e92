import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { type Snapshot, type SnapshotPage, snapshot } from '@renmai/platform/resend/snapshot'
import { TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'

type Row = { profileId: string; tagId: string; customerId: string; at: Date }

const readRows =
  (at: 'added_at' | 'removed_at', condition: string) =>
  async ({ client, tenantId }: Tx, { after, limit, since }: SnapshotPage): Promise<Row[]> => {
    const [profileId, tagId] = after?.split('|') ?? []
    const { rows } = await client.query<Row>(
      `SELECT t.profile_id AS "profileId", t.tag_id AS "tagId", p.customer_id AS "customerId", t.${at} AS at
       FROM profile_tags t JOIN profiles p ON p.tenant_id = t.tenant_id AND p.id = t.profile_id
       WHERE t.tenant_id = $1 AND ${condition} AND ($2::uuid IS NULL OR (t.profile_id, t.tag_id) > ($2, $3::uuid))
         AND ($5::timestamptz IS NULL OR t.${at} >= $5)
       ORDER BY t.profile_id, t.tag_id LIMIT $4`,
      [tenantId, profileId ?? null, tagId ?? null, limit, since],
    )
    return rows
  }

const described = {
  knowsChanges: true,
  position: ({ profileId, tagId }: Row) => `${profileId}|${tagId}`,
  events: (rows: Row[]) => rows.map(({ at, ...row }) => ({ ...row, at: timestampFromDate(at) })),
}

/** The tags that profiles have, and those that were taken from them. */
export const tagSnapshots: readonly Snapshot[] = [
  snapshot(TagAddedSchema, { ...described, name: 'tags', rows: readRows('added_at', 't.removed_at IS NULL') }),
  snapshot(TagRemovedSchema, { ...described, name: 'removed-tags', rows: readRows('removed_at', 't.removed_at IS NOT NULL') }),
]
