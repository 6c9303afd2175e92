import { mine } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { archivedTemplates } from './message-template.table.ts'
import { requireMessageTemplate } from './message-template.ts'

const Input = z.object({ idempotencyKey, messageTemplateId: z.uuid(), expectedVersion: z.int().nullish() })

/** Restores an archived message template. One that is not archived stays as it is. */
export async function restoreMessageTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'restoreMessageTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const id = input.messageTemplateId
    requireVersion(input.expectedVersion, await requireMessageTemplate(tx, id))
    await tx.delete(archivedTemplates).where(mine(tx, archivedTemplates, id))
    return { decided: { id }, targetId: id }
  })
}
