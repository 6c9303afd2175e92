import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { contentOf, observedValues, survivingValues } from '../attributes/attribute.ts'

/** Keys of the fields whose value the survivor of a merge would have another one than now, or for the first time. */
export async function changedFields(
  tx: Tx,
  ring: KeyRing,
  { survivorId, absorbedId }: Record<'survivorId' | 'absorbedId', string>,
): Promise<string[]> {
  const observed = await observedValues(tx, [survivorId, absorbedId], false)
  const [mine, theirs] = [observed.get(survivorId) ?? [], observed.get(absorbedId) ?? []]
  const surviving = (values: typeof mine) => survivingValues(ring, tx.tenantId, values)
  const now = new Map(surviving(mine).map((row) => [row.key, contentOf(ring, tx.tenantId, row)]))
  return surviving([...mine, ...theirs]).flatMap((row) => (contentOf(ring, tx.tenantId, row) === now.get(row.key) ? [] : [row.key]))
}
