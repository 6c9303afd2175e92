import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { staffFailure } from './staff.failures.ts'
import { staff } from './staff.table.ts'

/**
 * Locks a member of staff, so that concurrent writes of things that belong to the person are counted one after another.
 * @throws AppError NOT_FOUND when there is no such member
 */
export async function lockMember(tx: Tx, staffId: string): Promise<void> {
  const rows = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(mine(tx, staff, staffId))
    .for('no key update')
  if (rows.length === 0) throw staffFailure('STAFF_NOT_FOUND')
}
