import { randomInt } from 'node:crypto'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import type { Claim } from './claim.ts'
import type { GoodEvent } from './event.rules.ts'
import type { Person } from './people.ts'
import { pendingClaims } from './touchpoint.table.ts'

/** An event and whom it is about. */
type Said = { readonly person: Person; readonly event: Pick<GoodEvent, 'claim' | 'occurredAt'> }

/** Old processes add one to it while they are replaced: far enough from the end of the column. */
const MAX_REVISION = 2 ** 30

/** Keeps what the events say of people until identity has answered; of one person the last event counts. */
export async function keepClaims(tx: Tx, keyRing: KeyRing, accountId: string, fresh: readonly Said[]): Promise<void> {
  const newest = new Map<string, { key: Buffer; claim: Claim }>(
    fresh.map(({ person: { key, externalId }, event: { claim, occurredAt } }) => [
      key.toString('hex'),
      { key, claim: { ...claim, externalId, observedAt: occurredAt.toISOString() } },
    ]),
  )
  const rows = [...newest].map(([hex, { key, claim }]) => ({
    identityKey: key,
    accountId,
    claim: seal(keyRing, tx.tenantId, claimPlace(hex), JSON.stringify(claim)),
    // Another one than any before, also when the row is gone meanwhile: who counts from one gives a new claim the number of
    // an old one, and a second replica that resolved the old one takes the new one away with it.
    revision: randomInt(1, MAX_REVISION),
  }))
  if (rows.length > 0) tx.work.add('pending_claims')
  await insertRows(tx, pendingClaims, rows, {
    conflict: `ON CONFLICT (tenant_id, identity_key) DO UPDATE SET claim = excluded.claim, revision = excluded.revision, next_at = excluded.next_at, attempts = 0,
      problem = NULL, parked_at = NULL`,
  })
}

export const claimPlace = (identityKeyHex: string) => `pending_claims.claim|${identityKeyHex}`
