import { publish } from '@renmai/platform/events/outbox'
import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { staff } from './staff.table.ts'

const Input = z.object({ idempotencyKey, staffId: z.uuid() })

export async function disableStaff(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'disableStaff', scope: 'tenant:admin' }, input, async (tx) => {
    const mine = and(eq(staff.tenantId, tx.tenantId), eq(staff.id, input.staffId))
    const [disabled] = await tx.update(staff).set({ disabledAt: ctx.now() }).where(mine).returning()
    if (!disabled) throw new AppError('NOT_FOUND', 'No such member of staff')
    if (disabled.id === ctx.viewer.id) throw new AppError('CONFLICT', 'You cannot disable yourself; another owner can')
    await publish(tx, StaffChangedSchema, { staffId: disabled.id, isActive: false })
    return { decided: { id: disabled.id }, targetId: disabled.id }
  })
}
