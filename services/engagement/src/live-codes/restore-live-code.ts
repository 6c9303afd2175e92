import { readAccount, requireInUse } from '../channels/channel.ts'
import type { Context } from '../context.ts'
import { editLiveCode } from './change-live-code.ts'

/**
 * Restores an archived code; a worker creates it on the platform again, with a new picture.
 * @throws AppError NOT_FOUND; CONFLICT for another version, and while its account is out of use
 */
export const restoreLiveCode = (ctx: Context, raw: Parameters<typeof editLiveCode>[2]): Promise<{ id: string }> =>
  editLiveCode(ctx, 'restoreLiveCode', raw, async (tx, { archivedAt, accountId }) => {
    if (!archivedAt) return undefined
    requireInUse(await readAccount(tx, ctx.keyRing, accountId))
    return { archivedAt: null }
  })
