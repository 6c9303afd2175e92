import type { Tx } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { purposeFailure } from './purpose.failures.ts'
import { checkClass, MAX_PURPOSES } from './purpose.rules.ts'
import { purposes } from './purpose.table.ts'
import { fields, storeVersion } from './purpose.ts'

const Input = z.object({
  idempotencyKey,
  key: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower case letters, digits and _'),
  ...fields,
  messageClass: fields.messageClass.nullish().transform((value) => value ?? 'COMMERCIAL'),
  isRequired: fields.isRequired.nullish().transform((value) => value ?? false),
  isDoubleOptIn: fields.isDoubleOptIn.nullish().transform((value) => value ?? false),
  isForMinors: fields.isForMinors.nullish().transform((value) => value ?? false),
})

/**
 * Creates a purpose with its first notice.
 * @throws AppError INVALID for a commercial purpose with isRequired; CONFLICT for a key that is used, and for too many purposes
 */
export async function createPurpose(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  checkClass(input)
  return mutate(ctx, { name: 'createPurpose', scope: 'consents:write' }, input, async (tx) => {
    const { key, name, consentLevel, messageClass, isRequired, isDoubleOptIn, isForMinors, noticeText } = input
    await checkRoom(tx)
    const terms = { consentLevel, messageClass, isRequired, isDoubleOptIn, isForMinors, noticeVersion: 1 }
    const [purpose] = await tx
      .insert(purposes)
      .values({ tenantId: tx.tenantId, id: newId(), key, name, ...terms, version: 1 })
      .onConflictDoNothing()
      .returning()
    if (!purpose) throw purposeFailure('PURPOSE_KEY_TAKEN', 'key', { key })
    await storeVersion(tx, { purpose, noticeText, definedBy: ctx.viewer.id })
    return { decided: { id: purpose.id }, targetId: key }
  })
}

async function checkRoom(tx: Tx): Promise<void> {
  const count = await tx.$count(purposes, eq(purposes.tenantId, tx.tenantId))
  if (count >= MAX_PURPOSES) throw purposeFailure('TOO_MANY_PURPOSES', undefined, { most: MAX_PURPOSES })
}
