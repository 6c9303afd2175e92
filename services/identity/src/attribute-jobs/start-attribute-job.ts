import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { newId } from '@renmai/platform/serve/ids'
import type { AttributeField } from '../attributes/attribute.table.ts'
import { firstStage } from './attribute-job.rules.ts'
import { type AttributeJob, attributeJobs } from './attribute-job.table.ts'

type Wanted = Pick<AttributeJob, 'fieldId' | 'kind' | 'fieldVersion' | 'createdBy'> & Partial<Pick<AttributeJob, 'fromFormat' | 'toFormat'>>

/** Schedules work on all values of a field. Its first page is due immediately. */
export async function startAttributeJob(tx: Tx, { fromFormat = null, toFormat = null, ...wanted }: Wanted): Promise<string> {
  const id = newId()
  // Of the job that deletes old values a field has one.
  await insertRows(tx, attributeJobs, [{ id, ...wanted, fromFormat, toFormat, stage: firstStage(wanted.kind) }])
  tx.work.add('attribute_jobs')
  return id
}

type Field = Pick<AttributeField, 'id' | 'version'>

/** Schedules that values which are set aside under the keys of a field are read again. */
export const startMapping = (tx: Tx, { id, version }: Field, createdBy: string): Promise<string> =>
  startAttributeJob(tx, { fieldId: id, kind: 'MAP', fieldVersion: version, createdBy })

/** Schedules that old values of a field are deleted every day. */
export const scheduleExpiry = (tx: Tx, { id, version }: Field, createdBy: string): Promise<string> =>
  startAttributeJob(tx, { fieldId: id, kind: 'EXPIRE', fieldVersion: version, createdBy })

/** Ends the deletion of old values of a field. */
export async function endExpiry(tx: Tx, fieldId: string): Promise<void> {
  await tx.client.query(
    `UPDATE attribute_jobs SET ended_at = now(), next_at = NULL, parked_at = NULL
     WHERE tenant_id = $1 AND field_id = $2 AND kind = 'EXPIRE' AND ended_at IS NULL`,
    [tx.tenantId, fieldId],
  )
}
