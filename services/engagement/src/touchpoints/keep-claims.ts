import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import type { Claim } from './claim.ts'
import type { GoodEvent } from './event.rules.ts'
import type { Person } from './people.ts'
import { eventClaims } from './touchpoint.table.ts'

/** An event and its person. */
type Said = { readonly person: Person; readonly event: Pick<GoodEvent, 'claim' | 'occurredAt'> }

/** Keeps the claim of each event until identity has answered: events of one person may state different things. */
export async function keepClaims(tx: Tx, keyRing: KeyRing, accountId: string, fresh: readonly Said[]): Promise<void> {
  const rows = fresh.map(({ person: { key, externalId }, event: { claim, occurredAt } }) => {
    const said: Claim = { ...claim, externalId, observedAt: occurredAt.toISOString() }
    return {
      id: newId(),
      identityKey: key,
      accountId,
      claim: seal(keyRing, tx.tenantId, claimPlace(key.toString('hex')), JSON.stringify(said)),
    }
  })
  if (rows.length > 0) tx.work.add('event_claims')
  await insertRows(tx, eventClaims, rows, { conflict: 'error' })
}

/** Named after the table of the previous release, whose rows move with their seals. */
export const claimPlace = (identityKeyHex: string) => `pending_claims.claim|${identityKeyHex}`
