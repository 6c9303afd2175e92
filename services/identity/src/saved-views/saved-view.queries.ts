import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import { and, ne } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { SavedViewFilter } from '../gen/resolvers.ts'
import { visibleTo } from './saved-view.loaders.ts'
import { savedViews } from './saved-view.table.ts'

/** Reads a page of the caller's own views and of those that others share. */
export function readSavedViews(ctx: Context, args: ListArgs & { filter?: SavedViewFilter | null | undefined }) {
  const { kind, isMine } = args.filter ?? {}
  const { id } = ctx.viewer
  return readPage(ctx, args, {
    table: savedViews,
    by: savedViews.id,
    orders: { NAME: savedViews.name, UPDATED_AT: savedViews.updatedAt },
    where: and(visibleTo(ctx.viewer), isMine === false ? ne(savedViews.staffId, id) : undefined),
    given: { kind, staffId: isMine ? id : null },
  })
}
