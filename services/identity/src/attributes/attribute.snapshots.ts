import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { CustomerChangedSchema } from '@renmai/proto/identity/v1/events'
import { eventsOf, type ValueFact } from './publish-values.ts'

const OPEN_FIELD = "JOIN fields f ON f.tenant_id = $1 AND f.key = v.key AND f.sensitivity = 'NONE' AND f.cardinality = 'ONE'"
const PAGE = '($2::uuid IS NULL OR (v.profile_id, v.key) > ($2, $3))'
const ORDERED = 'ORDER BY v.profile_id, v.key LIMIT $4'

/** Values of fields that are not personal: they are stored in the clear. What was released and has no other value is named too. */
export const attributes: Snapshot = snapshot(CustomerChangedSchema, {
  name: 'attributes',
  knowsChanges: true,
  rows: async ({ client, tenantId }, { after, limit, since }) => {
    const at = after?.indexOf('|') ?? -1
    const { rows } = await client.query<ValueFact>(
      `SELECT v."profileId", p.customer_id AS "customerId", v.key, v.value, v."observedAt", v.version FROM (
         (SELECT v.profile_id AS "profileId", v.key, v.value, v.observed_at AS "observedAt", 0 AS version FROM attribute_values v ${OPEN_FIELD}
          WHERE v.tenant_id = $1 AND v.value IS NOT NULL AND v.is_mapped AND ${PAGE} AND ($5::timestamptz IS NULL OR v.observed_at >= $5)
            AND NOT EXISTS (SELECT 1 FROM hand_values h WHERE h.tenant_id = $1 AND h.profile_id = v.profile_id AND h.key = v.key) ${ORDERED})
         UNION ALL
         (SELECT v.profile_id, v.key, coalesce(v.value, a.value), CASE WHEN v.released_at IS NULL THEN v.set_at ELSE coalesce(a.observed_at, v.released_at) END,
            v.version FROM hand_values v ${OPEN_FIELD}
          LEFT JOIN attribute_values a ON v.released_at IS NOT NULL AND a.tenant_id = $1 AND a.profile_id = v.profile_id AND a.key = v.key
            AND a.value IS NOT NULL AND a.is_mapped
          WHERE v.tenant_id = $1 AND ${PAGE} AND ($5::timestamptz IS NULL OR greatest(v.set_at, v.released_at, a.observed_at) >= $5) ${ORDERED})
       ) v JOIN profiles p ON p.tenant_id = $1 AND p.id = v."profileId" ORDER BY v."profileId", v.key LIMIT $4`,
      [tenantId, after?.slice(0, at) ?? null, after?.slice(at + 1) ?? null, limit, since],
    )
    return rows
  },
  position: ({ profileId, key }) => `${profileId}|${key}`,
  events: eventsOf,
})
