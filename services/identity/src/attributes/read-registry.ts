import type { Tx } from '@renmai/platform/db/db'
import { and, eq, isNull } from 'drizzle-orm'
import { type AttributeField, attributeFields } from './attribute.table.ts'
import { DISPLAY_NAME, nameField } from './attribute-field.rules.ts'

/**
 * The fields that accept values, by their keys and their aliases: archived ones are left out. The field of names is always among them.
 * @param isLocked whether no field may change before the transaction ends; batches of sources have one lock for all of theirs
 */
export async function readRegistry(tx: Tx, isLocked = false): Promise<Map<string, AttributeField>> {
  const registry = tx
    .select()
    .from(attributeFields)
    .where(and(eq(attributeFields.tenantId, tx.tenantId), isNull(attributeFields.archivedAt)))
  const rows = await (isLocked ? registry.for('share') : registry)
  const named = rows.flatMap((field) => [field.key, ...field.aliases].map((key) => [key, field] as const))
  return new Map([[DISPLAY_NAME, nameField(tx.tenantId)], ...named])
}
