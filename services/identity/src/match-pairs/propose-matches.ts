import type { Tx } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { idFrom } from '@renmai/platform/serve/ids'
import { lockGraph, regroup } from '../graph/graph.ts'
import { type ActiveModel, activeModel } from '../match-models/match-model.ts'
import { type Claim, finishRecords, heldRecords, releaseRecords } from '../match-records/match-record.ts'
import type { Match } from './find-matches.ts'
import { joinMatches } from './join-matches.ts'
import { matchPairs } from './match-pair.table.ts'

/** Profiles whose people are grouped again in one go. */
const SEEDS = 50

/**
 * Stores what a comparison found, opens and closes the cases that follow, and takes the profiles out of the queue, in one
 * transaction. A profile that a job put there is only proposed: a new model joins nobody. Profiles that another attempt holds meanwhile, and all when another model is active, are left to the next attempt.
 */
export async function proposeMatches(
  tx: Tx,
  ring: KeyRing,
  { claim, active, found, at }: { claim: Claim; active: ActiveModel; found: readonly Match[]; at: Date },
): Promise<void> {
  await lockGraph(tx)
  const now = await activeModel(tx, ring)
  if (now?.id !== active.id) return releaseRecords(tx, claim)
  const held = await heldRecords(tx, claim)
  const own = found.filter(({ profileId }) => held.has(profileId))
  const gone = await replacePairs(tx, [...held], own, active.number, at)
  const joining = new Set(claim.rows.flatMap(({ id, jobId }) => (jobId === null && held.has(id) ? [id] : [])))
  await joinMatches(
    tx,
    ring,
    now,
    own.filter(({ profileId }) => joining.has(profileId)),
    at,
  )
  const seeds = [...new Set([...own.flatMap(({ profileId, otherId }) => [profileId, otherId]), ...gone])]
  for (let no = 0; no < seeds.length; no += SEEDS) await regroup(tx, seeds.slice(no, no + SEEDS), { at })
  await finishRecords(tx, claim, active.number)
}

/** @returns the profiles of pairs that are no matches any more */
async function replacePairs(
  tx: Tx,
  profileIds: readonly string[],
  found: readonly Match[],
  modelVersion: number,
  at: Date,
): Promise<string[]> {
  const rows = found.map(({ profileId, otherId, ...match }) => {
    const [profileA, profileB] = [profileId, otherId].toSorted() as [string, string]
    return { id: idFrom('match', profileA, profileB), profileA, profileB, modelVersion, ...match, foundAt: at }
  })
  // Both profiles of a pair may be in one batch.
  const pairs = [...new Map(rows.map((row) => [row.id, row])).values()]
  const { rows: gone } = await tx.client.query<{ a: string; b: string }>(
    `DELETE FROM match_pairs WHERE tenant_id = $1 AND (profile_a = ANY($2) OR profile_b = ANY($2)) AND id <> ALL($3)
     RETURNING profile_a AS a, profile_b AS b`,
    [tx.tenantId, profileIds, pairs.map(({ id }) => id)],
  )
  await insertRows(tx, matchPairs, pairs, {
    conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET model_version = excluded.model_version, probability = excluded.probability,
      weight = excluded.weight, levels = excluded.levels`,
  })
  return gone.flatMap(({ a, b }) => [a, b])
}
