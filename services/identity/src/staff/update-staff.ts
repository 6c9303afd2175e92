import { mine } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { changeFailure } from '@renmai/platform/serve/change.failures'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { Name, Roles } from './add-staff.ts'
import { lockStaff } from './lock-staff.ts'
import { checkOwners, checkOwnRoles } from './owner.rules.ts'
import { staff } from './staff.table.ts'

const Input = z.object({
  idempotencyKey,
  staffId: z.uuid(),
  name: Name.nullish(),
  roles: Roles.nullish(),
  expectedVersion: z.int().nullish(),
})

/**
 * Changes the name and the roles of a member of staff. New roles are published, so that services drop what they have cached.
 * @throws AppError CONFLICT for the caller's own roles, and when the tenant would have no active owner
 */
export async function updateStaff(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  const { staffId, name, roles, expectedVersion } = input
  if (!name && !roles) throw changeFailure('NOTHING_TO_CHANGE', undefined, { fields: 'name, roles' })
  return mutate(ctx, { name: 'updateStaff', scope: 'tenant:admin' }, input, async (tx) => {
    const { member, owners } = await lockStaff(tx, staffId)
    requireVersion(expectedVersion, member.version)
    if (roles) {
      checkOwnRoles(member, roles, ctx.viewer.id)
      checkOwners(owners, { ...member, roles }, 'roles')
    }
    await tx
      .update(staff)
      .set({ ...(name ? { name } : {}), ...(roles ? { roles } : {}), version: member.version + 1 })
      .where(mine(tx, staff, staffId))
    await publish(tx, StaffChangedSchema, { staffId, isActive: member.disabledAt === null })
    return { decided: { id: staffId }, targetId: staffId }
  })
}
