import type { Sentences } from '@renmai/platform/db/db'

/** Messages for constraints that a caller's input can break; names of constraints are not for callers. */
export const sentences: Sentences = {
  channel_accounts_external: 'This account is connected already',
  live_codes_account_exists: 'There is no such channel account',
}
