import { tenantLoader } from '@renmai/platform/db/loader'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import { type Template, templates } from './template.table.ts'

export const templateLoaders = (ctx: BaseContext) => ({
  /** The newest version. */
  template: tenantLoader<Template>(ctx, async (tx, ids) => {
    const rows = await tx
      .selectDistinctOn([templates.id])
      .from(templates)
      .where(and(eq(templates.tenantId, tx.tenantId), inArray(templates.id, [...ids])))
      .orderBy(asc(templates.id), desc(templates.version))
    return new Map(rows.map((row) => [row.id, row]))
  }),
})
