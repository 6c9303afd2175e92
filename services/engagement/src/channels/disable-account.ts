import type { Context } from '../context.ts'
import { editAccount } from './change-account.ts'

/** Disables an account: it neither receives nor sends until it is enabled. @throws AppError NOT_FOUND, CONFLICT for another version */
export const disableAccount = (ctx: Context, raw: Parameters<typeof editAccount>[2]): Promise<{ id: string }> =>
  editAccount(ctx, 'disableChannelAccount', raw, (_tx, { disabledAt }) => (disabledAt ? undefined : { disabledAt: ctx.now() }))
