import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { publish } from '@renmai/platform/events/outbox'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockStaff } from './lock-staff.ts'
import { checkOwners } from './owner.rules.ts'
import { staffFailure } from './staff.failures.ts'
import { type Staff, staff } from './staff.table.ts'

const Input = z.object({ idempotencyKey, staffId: z.uuid(), expectedVersion: z.int().nullish() })

/** @throws AppError CONFLICT for the caller, and for the last active owner */
export async function disableStaff(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'disableStaff', scope: 'tenant:admin' }, input, async (tx) => {
    const { member, owners } = await lockStaff(tx, input.staffId)
    requireVersion(input.expectedVersion, member.version)
    if (member.id === ctx.viewer.id) throw staffFailure('CANNOT_DISABLE_YOURSELF', 'staffId')
    const disabledAt = member.disabledAt ?? ctx.now()
    checkOwners(owners, { ...member, disabledAt }, 'staffId')
    await setDisabled(tx, member, disabledAt)
    return { decided: { id: member.id }, targetId: member.id }
  })
}

/** Lets a disabled member sign in again, with the roles that the member had. */
export async function enableStaff(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'enableStaff', scope: 'tenant:admin' }, input, async (tx) => {
    const { member } = await lockStaff(tx, input.staffId)
    requireVersion(input.expectedVersion, member.version)
    await setDisabled(tx, member, null)
    return { decided: { id: member.id }, targetId: member.id }
  })
}

async function setDisabled(tx: Tx, { id, version }: Staff, disabledAt: Date | null): Promise<void> {
  await tx
    .update(staff)
    .set({ disabledAt, version: version + 1 })
    .where(mine(tx, staff, id))
  await publish(tx, StaffChangedSchema, { staffId: id, isActive: disabledAt === null })
}
