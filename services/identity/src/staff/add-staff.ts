import { publish } from '@renmai/platform/events/outbox'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { StaffRole } from '../gen/resolvers.ts'
import { staff } from './staff.table.ts'

export const Name = z.string().min(1).max(100)
export const Roles = z.array(z.enum(StaffRole)).min(1).max(5)

const Input = z.object({
  idempotencyKey,
  subject: z.string().min(1).max(255),
  name: Name,
  roles: Roles,
})

export async function addStaff(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'addStaff', scope: 'tenant:admin' }, input, async (tx) => {
    const { subject, name, roles } = input
    const id = newId()
    await tx.insert(staff).values({ tenantId: tx.tenantId, id, subject, name, roles })
    await publish(tx, StaffChangedSchema, { staffId: id, isActive: true })
    return { decided: { id }, targetId: id }
  })
}
