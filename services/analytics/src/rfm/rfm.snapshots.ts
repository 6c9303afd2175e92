import { type Snapshot, snapshot } from '@renmai/platform/resend/snapshot'
import { RfmClass, RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import type { RfmClassName } from './rfm.rules.ts'

type Row = { customerId: string; rfmClass: RfmClassName; runId: string; modelId: string | null; runNumber: string }

/** The class of each customer by the latest run of the default model. */
export const rfmClasses: Snapshot = snapshot(RfmClassChangedSchema, {
  name: 'rfm-classes',
  rows: async ({ client, tenantId }, { after, limit }) => {
    const { rows } = await client.query<Row>(
      `SELECT s.customer_id AS "customerId", s.rfm_class AS "rfmClass", r.id AS "runId", r.model_id AS "modelId", r.number::text AS "runNumber"
       FROM rfm_scores s JOIN rfm_runs r ON r.tenant_id = s.tenant_id AND r.id = s.run_id
       WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.customer_id > $2) ORDER BY s.customer_id LIMIT $3`,
      [tenantId, after, limit],
    )
    return rows
  },
  position: ({ customerId }) => customerId,
  events: (rows) =>
    [...Map.groupBy(rows, ({ runId }) => runId).values()].map((ofRun) => ({
      runId: ofRun[0]!.runId,
      modelId: ofRun[0]!.modelId ?? '',
      runNumber: BigInt(ofRun[0]!.runNumber),
      changes: ofRun.map(({ customerId, rfmClass }) => ({ customerId, rfmClass: RfmClass[rfmClass] })),
    })),
})
