import { rowsById } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { eq, or, type SQL } from 'drizzle-orm'
import { savedViews } from './saved-view.table.ts'

/** The views that a member of staff sees. */
export const visibleTo = ({ id }: Viewer): SQL => or(eq(savedViews.staffId, id), eq(savedViews.isShared, true))!

export const savedViewLoaders = (ctx: BaseContext) => ({ savedView: rowsById(ctx, savedViews, { where: visibleTo(ctx.viewer) }) })
