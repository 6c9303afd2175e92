import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { Tx } from '@renmai/platform/db/db'
import { type Snapshot, type SnapshotPage, snapshot } from '@renmai/platform/resend/snapshot'
import { CustomerSplitSchema, CustomersMergedSchema } from '@renmai/proto/identity/v1/events'

type Row = { customerId: string; survivorId: string; decisionId: string; at: Date; version: string }

/** Customers that led elsewhere at some time, with their last decision. One that only followed another has none of its own. */
const readRows =
  (condition: string) =>
  async ({ client, tenantId }: Tx, { after, limit }: SnapshotPage): Promise<Row[]> => {
    const { rows } = await client.query<Row>(
      `SELECT c.id AS "customerId", coalesce(c.merged_into, last.survivor_id, c.id) AS "survivorId", coalesce(last.id, c.id) AS "decisionId",
         coalesce(last.at, c.created_at) AS at, c.version::text
       FROM customers c LEFT JOIN LATERAL (
         SELECT id, survivor_id, at FROM customer_decisions WHERE tenant_id = $1 AND absorbed_id = c.id ORDER BY at DESC, id DESC LIMIT 1
       ) AS last ON true
       WHERE c.tenant_id = $1 AND c.version > 0 AND ${condition} AND ($2::uuid IS NULL OR c.id > $2) ORDER BY c.id LIMIT $3`,
      [tenantId, after, limit],
    )
    return rows
  }

const described = { position: ({ customerId }: Row) => customerId }

const decided = ({ survivorId, decisionId, at, version }: Row) => ({
  survivorId,
  decisionId,
  at: timestampFromDate(at),
  version: BigInt(version),
})

/** The customers that are part of others, and those that were and stand for themselves again. */
export const mergeSnapshots: readonly Snapshot[] = [
  snapshot(CustomersMergedSchema, {
    ...described,
    name: 'merged-customers',
    rows: readRows('c.merged_into IS NOT NULL'),
    events: (rows) => rows.map((row) => ({ ...decided(row), absorbedId: row.customerId })),
  }),
  snapshot(CustomerSplitSchema, {
    ...described,
    name: 'split-customers',
    rows: readRows('c.merged_into IS NULL'),
    events: (rows) => rows.map((row) => ({ ...decided(row), restoredId: row.customerId })),
  }),
]
