import type { Context } from '../context.ts'
import { editLiveCode } from './change-live-code.ts'

/** Archives a code; a worker deletes it on the platform. @throws AppError NOT_FOUND, CONFLICT for another version */
export const archiveLiveCode = (ctx: Context, raw: Parameters<typeof editLiveCode>[2]): Promise<{ id: string }> =>
  editLiveCode(ctx, 'archiveLiveCode', raw, (_tx, { archivedAt }) => (archivedAt ? undefined : { archivedAt: ctx.now() }))
