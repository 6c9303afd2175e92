import { randomInt } from 'node:crypto'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import type { Claim } from './claim.ts'
import type { GoodEvent } from './event.rules.ts'
import type { Person } from './people.ts'
import { pendingClaims } from './touchpoint.table.ts'

/** An event and its person. */
type Said = { readonly person: Person; readonly event: Pick<GoodEvent, 'claim' | 'occurredAt'> }

/** Far enough from the end of the column: processes of the previous release add one to it during an update. */
const MAX_REVISION = 2 ** 30

/** Keeps the claims of events until identity has answered; of one person the last event counts. */
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
    // A random revision differs from all earlier ones, also when the row was deleted meanwhile. Counting from one would give
    // a new claim the revision of an old one, and a second replica that resolved the old claim would delete the new one.
    revision: randomInt(1, MAX_REVISION),
  }))
  if (rows.length > 0) tx.work.add('pending_claims')
  await insertRows(tx, pendingClaims, rows, {
    conflict: `ON CONFLICT (tenant_id, identity_key) DO UPDATE SET claim = excluded.claim, revision = excluded.revision, next_at = excluded.next_at, attempts = 0,
      problem = NULL, parked_at = NULL`,
  })
}

export const claimPlace = (identityKeyHex: string) => `pending_claims.claim|${identityKeyHex}`
