import { AppError } from '@renmai/platform/serve/errors'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { FieldSensitivity, FieldType } from '../gen/resolvers.ts'
import { fields } from './attribute.table.ts'

const Input = z.object({
  idempotencyKey,
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower case letters, digits and _'),
  label: z.string().min(1).max(100),
  type: z.enum(FieldType),
  sensitivity: z.enum(FieldSensitivity),
  options: z.array(z.string().min(1).max(100)).max(500).nullish(),
})

/** Registers a field. Its type and sensitivity cannot change: stored values were checked and sealed according to them. */
export async function defineField(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'defineField', scope: 'customers:write' }, input, async (tx) => {
    const { key, label, type, sensitivity } = input
    const [field] = await tx
      .insert(fields)
      .values({ tenantId: tx.tenantId, key, label, type, sensitivity, options: input.options ?? [] })
      .onConflictDoUpdate({
        target: [fields.tenantId, fields.key],
        set: { label, options: sql`ARRAY(SELECT DISTINCT unnest(${fields.options} || excluded.options) ORDER BY 1)` },
        setWhere: sql`${fields.type} = excluded.type AND ${fields.sensitivity} = excluded.sensitivity`,
      })
      .returning()
    if (!field) throw new AppError('CONFLICT', `Field ${key} exists with another type or sensitivity; register a new key`)
    return { decided: { id: key }, targetId: key }
  })
}
