import type { Tx } from '@renmai/platform/db/db'
import { and, eq, or, sql } from 'drizzle-orm'
import { isActiveOwner } from './owner.rules.ts'
import { staffFailure } from './staff.failures.ts'
import { type Staff, staff } from './staff.table.ts'

/**
 * Locks a member of staff and all owners, in the order of their ids: two owners that remove each other are changed one after the other.
 * @returns the member, and the active owners
 * @throws AppError NOT_FOUND when there is no such member
 */
export async function lockStaff(tx: Tx, staffId: string): Promise<{ member: Staff; owners: Staff[] }> {
  const rows = await tx
    .select()
    .from(staff)
    .where(and(eq(staff.tenantId, tx.tenantId), or(eq(staff.id, staffId), sql`'OWNER' = ANY(${staff.roles})`)))
    .orderBy(staff.id)
    .for('update')
  const member = rows.find(({ id }) => id === staffId)
  if (!member) throw staffFailure('STAFF_NOT_FOUND', 'staffId')
  return { member, owners: rows.filter(isActiveOwner) }
}
