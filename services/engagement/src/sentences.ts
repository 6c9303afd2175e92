import type { Sentences } from '@renmai/platform/db/db'

/** What callers can break by what they send; names of constraints are not for them. */
export const sentences: Sentences = {
  channel_accounts_external: 'This account is connected already',
  live_codes_account_exists: 'There is no such channel account',
}
