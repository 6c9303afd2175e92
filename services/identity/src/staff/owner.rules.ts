/** A tenant always has an active owner, the only role that lets somebody in again; and nobody changes their own rights. */

import { staffFailure } from './staff.failures.ts'
import type { Staff } from './staff.table.ts'

type Member = Pick<Staff, 'id' | 'roles' | 'disabledAt'>

export const isActiveOwner = ({ roles, disabledAt }: Member): boolean => disabledAt === null && roles.includes('OWNER')

/**
 * @param owners active owners before the change
 * @param member the member after the change
 * @param field the field of the input that decides the change
 * @throws AppError CONFLICT when no active owner would be left
 */
export function checkOwners(owners: readonly Member[], member: Member, field: string): void {
  const wasOwner = owners.some(({ id }) => id === member.id)
  if (!wasOwner || isActiveOwner(member) || owners.length > 1) return
  throw staffFailure('LAST_OWNER', field)
}

/** @throws AppError CONFLICT for other roles of the caller */
export function checkOwnRoles(member: Member, roles: readonly string[], viewerId: string): void {
  if (member.id !== viewerId) return
  const isSame = roles.length === member.roles.length && roles.every((role) => member.roles.includes(role))
  if (!isSame) throw staffFailure('CANNOT_CHANGE_OWN_ROLES', 'roles')
}
