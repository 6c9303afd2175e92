import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { desc } from 'drizzle-orm'
import { messageTemplateFailure } from './message-template.failures.ts'
import { templates } from './message-template.table.ts'

/**
 * @returns the newest version of the template
 * @throws AppError NOT_FOUND that names the field, when the tenant has no message template of this id
 */
export async function requireMessageTemplate(tx: Tx, id: string): Promise<number> {
  const [newest] = await tx
    .select({ version: templates.version })
    .from(templates)
    .where(mine(tx, templates, id))
    .orderBy(desc(templates.version))
    .limit(1)
  if (newest) return newest.version
  throw messageTemplateFailure('MESSAGE_TEMPLATE_NOT_FOUND', 'messageTemplateId')
}
