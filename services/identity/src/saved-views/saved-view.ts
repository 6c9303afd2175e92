import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { open, seal } from '@renmai/platform/secrets/crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { OrderDirection } from '../gen/resolvers.ts'
import { savedViewFailure } from './saved-view.failures.ts'
import { type SavedView, savedViews } from './saved-view.table.ts'

const Filter = z.string().max(16_384).refine(isJsonObject, 'must be a JSON object')
const Sort = z.object({ field: z.string().min(1).max(100), direction: z.enum(OrderDirection).default('ASC') })

/** The fields of a view that its owner may change. */
export const Changes = z.object({
  name: z.string().trim().min(1).max(100).nullish(),
  filter: Filter.nullish(),
  orderBy: Sort.nullish(),
  columns: z.array(z.string().min(1).max(100)).max(100).nullish(),
  isShared: z.boolean().nullish(),
})

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const placeOf = (id: string) => `saved_view ${id}`

/** The given fields as columns; null clears a filter and an order. */
export function columnsOf({ keyRing, viewer }: Context, id: string, given: z.output<typeof Changes>): Partial<SavedView> {
  const { name, filter, orderBy, columns, isShared } = given
  return {
    ...(name ? { name } : {}),
    ...(filter === undefined ? {} : { filter: filter === null ? null : seal(keyRing, viewer.tenantId, placeOf(id), filter) }),
    ...(orderBy === undefined ? {} : { orderField: orderBy?.field ?? null, orderDirection: orderBy?.direction ?? null }),
    ...(columns ? { columns } : {}),
    ...(typeof isShared === 'boolean' ? { isShared } : {}),
  }
}

/** The filter of a view as it was saved. */
export const filterOf = ({ keyRing, viewer }: Context, { id, filter }: SavedView): string | null =>
  filter && open(keyRing, viewer.tenantId, placeOf(id), filter)

/**
 * Locks a view of the caller.
 * @throws AppError NOT_FOUND for a view that the caller does not see, FORBIDDEN for one that another person shares
 */
export async function lockOwnView(tx: Tx, { viewer }: Context, id: string): Promise<SavedView> {
  const [view] = await tx
    .select()
    .from(savedViews)
    .where(mine(tx, savedViews, id))
    .for('update')
  if (!view || (view.staffId !== viewer.id && !view.isShared)) throw savedViewFailure('SAVED_VIEW_NOT_FOUND', 'savedViewId')
  if (view.staffId !== viewer.id) throw new AppError('FORBIDDEN', 'Only its owner changes a shared view; save a copy instead')
  return view
}
