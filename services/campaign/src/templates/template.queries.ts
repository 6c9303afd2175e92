import type { Tx } from '@renmai/platform/db/db'
import { asc, desc, eq } from 'drizzle-orm'
import { type Template, templates } from './template.table.ts'

const MAX_TEMPLATES = 1_000

/** The newest version of each template, by name. */
export const readTemplates = (tx: Tx): Promise<Template[]> =>
  tx
    .selectDistinctOn([templates.name])
    .from(templates)
    .where(eq(templates.tenantId, tx.tenantId))
    .orderBy(asc(templates.name), desc(templates.version))
    .limit(MAX_TEMPLATES)
