import { insertRows } from '@renmai/platform/db/rows'
import { idempotencyKey, mutate } from '@renmai/platform/serve/mutate'
import { parse } from '@renmai/platform/serve/parse'
import { requireVersion } from '@renmai/platform/serve/version'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { lockReferences, requireUnused } from '../journeys/journey.ts'
import { archivedTemplates } from './message-template.table.ts'
import { requireMessageTemplate } from './message-template.ts'

const Input = z.object({ idempotencyKey, messageTemplateId: z.uuid(), expectedVersion: z.int().nullish() })

/**
 * Archives a message template that no running journey sends.
 * @throws AppError CONFLICT that names journeys that send it, or another version
 */
export async function archiveMessageTemplate(ctx: Context, raw: z.input<typeof Input>): Promise<{ id: string }> {
  const input = parse(Input, raw)
  return mutate(ctx, { name: 'archiveMessageTemplate', scope: 'campaigns:write' }, input, async (tx) => {
    const id = input.messageTemplateId
    await lockReferences(tx)
    requireVersion(input.expectedVersion, await requireMessageTemplate(tx, id))
    await requireUnused(tx, { templateId: id }, 'messageTemplateId')
    await insertRows(tx, archivedTemplates, [{ id, archivedAt: ctx.now() }])
    return { decided: { id }, targetId: id }
  })
}
