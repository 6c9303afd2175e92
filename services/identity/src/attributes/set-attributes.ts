import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { profiles } from '../profiles/profile.table.ts'
import { checkValue } from './attribute.rules.ts'
import { fields } from './attribute.table.ts'
import { storeAttributes } from './store-attributes.ts'

const Input = z.object({
  idempotencyKey,
  profileId: z.uuid(),
  attributes: z
    .array(z.object({ key: z.string().min(1).max(64), value: z.string().max(1_000) }))
    .min(1)
    .max(100),
})

/** Sets values by hand. Unlike what sources send, every value must fit a registered field. */
export async function setAttributes(ctx: Context, raw: z.input<typeof Input>): Promise<{ customerId: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'setAttributes', scope: 'customers:write' }, input, async (tx) => {
    const [profile] = await tx
      .select()
      .from(profiles)
      .where(and(eq(profiles.tenantId, tx.tenantId), eq(profiles.id, input.profileId)))
    if (!profile) throw new AppError('NOT_FOUND', 'No such profile')
    const registry = new Map((await tx.select().from(fields).where(eq(fields.tenantId, tx.tenantId))).map((field) => [field.key, field]))
    for (const { key, value } of input.attributes) {
      const field = registry.get(key)
      if (!field) throw new AppError('INVALID', `No field ${key} is registered`, { [key]: 'register it with defineField' })
      checkValue(field, value)
    }
    const { id: profileId, customerId } = profile
    await storeAttributes(
      tx,
      ctx.keyRing,
      input.attributes.map((one) => ({ ...one, profileId, customerId, source: `staff:${ctx.viewer.id}`, observedAt: ctx.now() })),
    )
    return { decided: { customerId }, targetId: profileId }
  })
}
