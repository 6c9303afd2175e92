import type { Context } from '../context.ts'
import { editAccount } from './change-account.ts'
import { setCallbackAgain } from './enable-account.ts'

/** Restores an archived account. @throws AppError NOT_FOUND, CONFLICT for another version */
export const restoreAccount = (ctx: Context, raw: Parameters<typeof editAccount>[2]): Promise<{ id: string }> =>
  editAccount(ctx, 'restoreChannelAccount', raw, (tx, { archivedAt, kind }) =>
    archivedAt ? { archivedAt: null, ...setCallbackAgain(tx, kind) } : undefined,
  )
