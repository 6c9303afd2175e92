import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import { attributeFields, type ValueFormat } from '../attributes/attribute.table.ts'
import { checkFormat, formatInput, lockField } from '../attributes/attribute.ts'
import type { Context } from '../context.ts'
import { lockGraph } from '../graph/graph.ts'
import { attributeJobFailure } from './attribute-job.failures.ts'
import { startAttributeJob, startMapping } from './start-attribute-job.ts'

const Input = z.object({
  idempotencyKey,
  fieldId: z.uuid(),
  ...formatInput,
  isReportOnly: z.boolean().nullish(),
  expectedVersion: z.int().nullish(),
})

/**
 * Changes the format of a field's values: a new version of the field, and a job that converts what is stored and reports what does not
 * convert. A report alone changes nothing.
 * @throws AppError CONFLICT while values of the field are still being converted
 */
export async function convertAttributeField(ctx: Context, raw: z.input<typeof Input>): Promise<{ fieldId: string; jobId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'convertAttributeField', scope: 'customers:write' }, input, async (tx) => {
    const field = await lockField(tx, input.fieldId)
    requireVersion(input.expectedVersion, field.version)
    const fromFormat = formatOf(field)
    const toFormat = checkFormat(field.key, field.sensitivity, input)
    if (JSON.stringify(fromFormat) === JSON.stringify(toFormat)) throw attributeJobFailure('ATTRIBUTE_FORMAT_UNCHANGED', 'kind')
    await requireNoConversion(tx, field.id)
    const job = { fieldId: field.id, fromFormat, toFormat, createdBy: ctx.viewer.id }
    if (input.isReportOnly) {
      const jobId = await startAttributeJob(tx, { ...job, kind: 'REPORT', fieldVersion: field.version })
      return { decided: { fieldId: field.id, jobId }, targetId: field.id }
    }
    // The batch of a source that has read the field as it was ends first, and its values are converted.
    await lockGraph(tx)
    const version = field.version + 1
    const { key: _, ...format } = toFormat
    await tx
      .update(attributeFields)
      .set({ ...format, version })
      .where(mine(tx, attributeFields, field.id))
    const jobId = await startAttributeJob(tx, { ...job, kind: 'CONVERT', fieldVersion: version })
    await startMapping(tx, { id: field.id, version }, ctx.viewer.id)
    return { decided: { fieldId: field.id, jobId }, targetId: field.id }
  })
}

/** The parts in the order of `checkFormat`. */
const formatOf = ({ key, kind, cardinality, options, unit, dateFormats, currency, folding }: ValueFormat): ValueFormat => ({
  key,
  kind,
  cardinality,
  options,
  unit,
  dateFormats,
  currency,
  folding,
})

async function requireNoConversion(tx: Tx, fieldId: string): Promise<void> {
  const { rowCount } = await tx.client.query(
    "SELECT 1 FROM attribute_jobs WHERE tenant_id = $1 AND field_id = $2 AND kind IN ('REPORT', 'CONVERT') AND ended_at IS NULL LIMIT 1",
    [tx.tenantId, fieldId],
  )
  if (rowCount) throw attributeJobFailure('ATTRIBUTE_JOB_UNFINISHED', 'fieldId')
}
