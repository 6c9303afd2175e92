import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById, rowsOf } from '@renmai/platform/db/rows-by-id'
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Listing } from '../listing.ts'
import { archivedTemplates, type MessageTemplate, templates } from './message-template.table.ts'

const MAX_VERSIONS = 100

export const messageTemplateLoaders = (ctx: Listing) => ({
  /** The newest version. */
  messageTemplate: tenantLoader<MessageTemplate>(ctx, async (tx, ids) => {
    const rows = await tx
      .selectDistinctOn([templates.id])
      .from(templates)
      .where(and(eq(templates.tenantId, tx.tenantId), inArray(templates.id, [...ids])))
      .orderBy(asc(templates.id), desc(templates.version))
    return new Map(rows.map((row) => [row.id, row]))
  }),
  archivedTemplate: rowsById(ctx, archivedTemplates),
  messageTemplateVersions: versionsOf(ctx),
})

/** Reads the newest versions of a template, below a number where one is given: one statement for all templates. */
function versionsOf(ctx: Listing): (id: string, below: number | null | undefined) => Promise<MessageTemplate[]> {
  const readers = new Map<number | null, ReturnType<typeof readerBelow>>()
  return async (id, below) => {
    const reader = readers.get(below ?? null) ?? readerBelow(ctx, below ?? null)
    readers.set(below ?? null, reader)
    return (await reader.load(id)) ?? []
  }
}

const readerBelow = (ctx: Listing, below: number | null) =>
  rowsOf(ctx, {
    table: templates,
    of: (id) => sql`${templates.id} = ${id} AND (${below}::int IS NULL OR ${templates.version} < ${below})`,
    order: desc(templates.version),
    perParent: MAX_VERSIONS,
  })
