import { type QuarantineKind, sealedIn } from '@renmai/platform/quarantine/quarantine-kind'
import { AppError } from '@renmai/platform/serve/errors'
import { type OpenAccount, readAccount } from '../channels/channel.ts'
import { connectors } from '../connectors/connectors.ts'
import type { Deps } from '../context.ts'
import { webhookPlace } from './store-push.ts'

/**
 * Pushes that could not be processed, and pushes of kinds that are not read. A replay gives the push back to its queue,
 * where the release of today reads it.
 */
export const quarantinedPushes: QuarantineKind<Deps> = {
  kind: 'PUSH',
  table: 'webhooks',
  waiting: (row) => `(${row}.parked_at IS NOT NULL OR (${row}.processed_at IS NOT NULL AND ${row}.problem IS NOT NULL))`,
  // The problem stays until the push makes progress, so an item is not closed before.
  unsettled: (row) => `(${row}.parked_at IS NOT NULL OR ${row}.problem IS NOT NULL)`,
  source: (row) => `${row}.account_id::text`,
  subject: (row) => `${row}.id::text`,
  problem: (row) => `coalesce(${row}.problem, 'INTERNAL')`,
  isDisposable: true,
  sentences: { OTHER: 'Pushes of this kind are not read' },
  original: sealedIn('body', webhookPlace, async (tx, { keyRing }, { source }, text) => {
    const account = await readAccount(tx, keyRing!, source)
    if (kindOf(account, text) === 'OTHER') throw wrong('is of a kind that is not read')
  }),
  replay: { handBack: 'next_at = now(), parked_at = NULL, processed_at = NULL, attempts = 1' },
}

const wrong = (what: string) => new AppError('INVALID', `original: ${what}`, { original: what })

/** What the connector reads in a push. Its error may quote the push. */
function kindOf(account: OpenAccount, text: string) {
  try {
    return connectors[account.kind].callback?.read(text, account).kind
  } catch {
    throw wrong('cannot be read')
  }
}
