import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { attributeJobs } from './attribute-job.table.ts'

/** A value that a job could not convert, as it is stored. */
export type SampleValue = {
  jobId: string
  profileId: string
  key: string
  value: string | null
  sealed: Buffer | null
  isPersonal: boolean
}

/** Loaders of jobs on fields. Each uses one statement, whatever the number of parents. */
export const attributeJobLoaders = (ctx: BaseContext) => ({
  attributeJob: rowsById(ctx, attributeJobs),
  attributeSamplesOf: tenantLoader<SampleValue[]>(ctx, async (tx, ids) => {
    const { rows } = await tx.client.query<SampleValue>(
      `SELECT j.id AS "jobId", s."profileId", s.key, v.value, v.sealed, f.sensitivity <> 'NONE' AS "isPersonal"
       FROM attribute_jobs j JOIN fields f ON f.tenant_id = $1 AND f.id = j.field_id
       CROSS JOIN LATERAL jsonb_to_recordset(j.samples) AS s ("profileId" uuid, key text)
       CROSS JOIN LATERAL (
         SELECT 0 AS place, NULL AS value, sealed FROM unmapped_values u WHERE u.tenant_id = $1 AND u.profile_id = s."profileId" AND u.key = s.key
         UNION ALL SELECT 1, h.value, h.sealed FROM hand_values h
         WHERE h.tenant_id = $1 AND h.profile_id = s."profileId" AND h.key = s.key AND h.released_at IS NULL
         UNION ALL SELECT 2, a.value, a.sealed FROM attribute_values a WHERE a.tenant_id = $1 AND a.profile_id = s."profileId" AND a.key = s.key
         ORDER BY place LIMIT 1) v
       WHERE j.tenant_id = $1 AND j.id = ANY($2) ORDER BY s."profileId"`,
      [tx.tenantId, ids],
    )
    return Map.groupBy(rows, ({ jobId }) => jobId)
  }),
})
