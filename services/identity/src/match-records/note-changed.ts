import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { insertRows } from '@renmai/platform/db/rows'
import { blindIndex, type KeyRing } from '@renmai/platform/secrets/crypto'
import { kindOfKey } from '../matching/matchable.rules.ts'
import { matchRecords } from './match-record.table.ts'

/** What a claim states about a profile. */
type Claimed = {
  readonly profileId: string
  readonly displayName: string
  readonly identifiers: readonly { readonly namespace: string; readonly value: string }[]
  readonly attributes: readonly { readonly key: string; readonly value: string }[]
}

/** A claim that comes while the profile is being compared ends that attempt, so that the new values are compared as well. */
const AGAIN = 'next_at = now(), attempt_id = NULL, attempts = 0, problem = NULL, parked_at = NULL'

/**
 * Adds the profiles of claims to the queue of comparisons, unless their claims repeat what the last one stated. The caller holds
 * the lock of the graph. A tenant that does not match pays one look-up.
 */
export async function noteClaimed(tx: Tx, ring: KeyRing, claims: readonly Claimed[]): Promise<void> {
  if (!(await isMatching(tx))) return
  const stated = new Map(claims.flatMap((claim) => stateOf(tx, ring, claim)))
  if (stated.size === 0) return
  await insertRows(
    tx,
    matchRecords,
    [...stated].map(([id, state]) => ({ id, stated: state })),
    {
      conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET stated = excluded.stated, ${AGAIN}
        WHERE match_records.stated IS DISTINCT FROM excluded.stated`,
    },
  )
  tx.work.add('match_records')
}

/** Adds profiles to the queue of comparisons whose values people changed. The caller holds the lock of the graph. */
export async function noteChanged(tx: Tx, profileIds: readonly string[]): Promise<void> {
  if (profileIds.length === 0 || !(await isMatching(tx))) return
  const ids = [...new Set(profileIds)]
  await insertRows(
    tx,
    matchRecords,
    ids.map((id) => ({ id })),
    { conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET ${AGAIN}` },
  )
  tx.work.add('match_records')
}

async function isMatching(tx: Tx): Promise<boolean> {
  const { rowCount } = await tx.client.query(prepared('SELECT 1 FROM match_settings WHERE tenant_id = $1', [tx.tenantId]))
  return rowCount === 1
}

/** @returns nothing for a claim without anything that is compared, such as the view of a page */
function stateOf({ tenantId }: Tx, ring: KeyRing, { profileId, displayName, identifiers, attributes }: Claimed): [string, Buffer][] {
  const values = [
    ...(displayName ? [['name', displayName]] : []),
    ...identifiers.map(({ namespace, value }) => [namespace, value]),
    ...attributes.map(({ key, value }) => [key, value]),
  ].filter(([key]) => kindOfKey(key!) !== undefined)
  return values.length === 0 ? [] : [[profileId, blindIndex(ring, tenantId, 'stated', JSON.stringify(values)).subarray(0, 16)]]
}
