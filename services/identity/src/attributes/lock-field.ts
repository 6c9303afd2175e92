import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { attributeFailure } from './attribute.failures.ts'
import { type AttributeField, attributeFields } from './attribute.table.ts'

/** @throws AppError NOT_FOUND when there is no such field */
export async function lockField(tx: Tx, fieldId: string): Promise<AttributeField> {
  const [field] = await tx
    .select()
    .from(attributeFields)
    .where(mine(tx, attributeFields, fieldId))
    .for('update')
  if (!field) throw attributeFailure('ATTRIBUTE_FIELD_NOT_FOUND', 'fieldId')
  return field
}
