import type { Context } from '../context.ts'
import { editAccount } from './change-account.ts'
import { channelAccountFailure } from './channel-account.failures.ts'

/** Ends the previous credentials of an account. @throws AppError NOT_FOUND, CONFLICT for another version and without a rotation */
export const finishSecretRotation = (ctx: Context, raw: Parameters<typeof editAccount>[2]): Promise<{ id: string }> =>
  editAccount(ctx, 'finishChannelSecretRotation', raw, (_tx, { previousCredentials }) => {
    if (!previousCredentials) throw channelAccountFailure('NO_ROTATION_OPEN')
    return { previousCredentials: null }
  })
