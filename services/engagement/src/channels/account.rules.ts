/** The state of an account and its problem follow from what is stored: they have no column that could contradict it. */
import { AppError } from '@renmai/platform/serve/errors'
import type { ChannelProblemCode, ChannelState } from '../gen/resolvers.ts'
import { channelAccountFailure } from './channel-account.failures.ts'
import type { ChannelAccount } from './channel-account.table.ts'

type Stored = Pick<
  ChannelAccount,
  'disabledAt' | 'archivedAt' | 'parkedAt' | 'nextAt' | 'problem' | 'refusedAt' | 'refusedCode' | 'refusedMessage'
>

/** Why an account is out of use; undefined while it is in use. */
export type Closed = 'DISABLED' | 'ARCHIVED' | undefined

export const closedBy = ({ disabledAt, archivedAt }: Pick<Stored, 'disabledAt' | 'archivedAt'>): Closed =>
  archivedAt ? 'ARCHIVED' : disabledAt ? 'DISABLED' : undefined

/** The same rule stands in SQL in account.queries.ts, for the filter of the list. */
export function stateOf(account: Stored): ChannelState {
  if (closedBy(account)) return 'DISABLED'
  if (account.refusedAt || account.parkedAt) return 'BROKEN'
  return account.nextAt ? 'CONNECTING' : 'CONNECTED'
}

type Problem = { code: ChannelProblemCode; platformCode: string | null; message: string }

export function problemOf({ parkedAt, problem, refusedAt, refusedCode, refusedMessage }: Stored): Problem | null {
  if (refusedAt) return { code: 'CALLS_REFUSED', platformCode: refusedCode, message: refusedMessage ?? '' }
  return problem ? { code: parkedAt ? 'CALLBACK_REFUSED' : 'CALLBACK_DELAYED', platformCode: null, message: problem } : null
}

/** @throws AppError CONFLICT when nothing new may use the account, naming the field */
export function requireInUse({ closed }: { closed?: Closed }): void {
  if (!closed) return
  throw channelAccountFailure(closed === 'ARCHIVED' ? 'CHANNEL_ACCOUNT_ARCHIVED' : 'CHANNEL_ACCOUNT_DISABLED', 'accountId')
}

/**
 * Refuses calls by and with an account that is out of use.
 * @throws AppError UNAVAILABLE while it is disabled: that is transient, so its sender retries and a pause loses nothing
 * @throws AppError CONFLICT when it is archived
 */
export function requireOpen({ closed }: { closed?: Closed }): void {
  if (closed === 'DISABLED') throw new AppError('UNAVAILABLE', 'The channel account is disabled')
  if (closed) throw channelAccountFailure('CHANNEL_ACCOUNT_ARCHIVED')
}
