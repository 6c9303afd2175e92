import { withTenant } from '@renmai/platform/db/db'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { LEASED } from '@renmai/platform/work/leased'
import { type QueueEntry, queue } from '@renmai/platform/work/queue'
import { isAway } from '@renmai/platform/work/settle'
import type { Deps } from '../context.ts'
import { activeModel } from '../match-models/match-model.ts'
import {
  type Claim,
  failRecord,
  finishRecords,
  leaseRecords,
  recordsOf,
  releaseRecords,
  storeRecords,
} from '../match-records/match-record.ts'
import { findMatches, type Match } from './find-matches.ts'
import { proposeMatches } from './propose-matches.ts'

/** Profiles of one claim. */
const BATCH = 50
const LANES = 2
/** Comparisons use the time of the database that claims need, so a tenant with many rests between its batches. */
const REST = 0.5

type Using = Pick<Deps, 'db' | 'keyRing' | 'now'>

const comparing = queue('match_records', (deps: Deps) => ({
  name: 'match-profiles',
  lanes: LANES,
  due: [LEASED],
  parks: true,
  rest: REST,
  work: async (tenantId) => {
    const claim = await withTenant(deps.db, tenantId, (tx) => leaseRecords(tx, BATCH))
    if (claim.rows.length === 0) return 0
    try {
      await compare(deps, tenantId, claim)
    } catch (error) {
      if (isAway(error)) throw error
      await withTenant(deps.db, tenantId, (tx) => releaseRecords(tx, claim))
      for (const { id } of claim.rows) await compareAlone(deps, tenantId, id)
    }
    return claim.rows.length
  },
}))

/**
 * Compares profiles that have changed with the stock, outside the transactions of their claims. The keys of a profile are committed
 * before it is compared: of two profiles that are compared concurrently the later one finds the other. A batch that fails is
 * repeated profile by profile, so that one that always fails does not delay the others; it is set aside, as a quarantined item.
 */
export const matchProfiles: QueueEntry<Deps> = { ...comparing, isLeased: true }

async function compareAlone(deps: Using, tenantId: string, id: string): Promise<void> {
  const claim = await withTenant(deps.db, tenantId, (tx) => leaseRecords(tx, 1, [id]))
  if (claim.rows.length === 0) return
  try {
    await compare(deps, tenantId, claim)
  } catch (error) {
    if (isAway(error)) throw error
    await withTenant(deps.db, tenantId, (tx) => failRecord(tx, claim, error))
  }
}

/** Compares the profiles of a claim, in a transaction for each step. A repeat has the same effects. */
export async function compare({ db, keyRing, now }: Using, tenantId: string, claim: Claim): Promise<void> {
  const ids = claim.rows.map(({ id }) => id)
  const records = await withTenant(db, tenantId, async (tx) => {
    const read = await recordsOf(tx, keyRing, ids)
    await storeRecords(tx, keyRing, claim.attemptId, read)
    return read
  })
  const { active, found, hadPairs } = await withTenant(db, tenantId, async (tx) => {
    const model = await activeModel(tx, keyRing)
    const matches: Match[] = model ? await findMatches(tx, keyRing, model, records) : []
    const { rowCount } = await tx.client.query(
      'SELECT 1 FROM match_pairs WHERE tenant_id = $1 AND (profile_a = ANY($2) OR profile_b = ANY($2)) LIMIT 1',
      [tenantId, ids],
    )
    return { active: model, found: matches, hadPairs: rowCount === 1 }
  })
  await withTenant(db, tenantId, async (tx) => {
    if (active && (found.length > 0 || hadPairs)) await proposeMatches(tx, keyRing, { claim, active, found, at: now() })
    else await finishRecords(tx, claim, active?.number ?? null)
    crashPoint('uncommitted')
  })
}
