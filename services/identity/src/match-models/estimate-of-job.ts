import { type Db, type Tx, withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { type KeyRing, seal } from '@renmai/platform/secrets/crypto'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { AppError } from '@renmai/platform/serve/errors'
import { newId } from '@renmai/platform/serve/ids'
import type { Deps } from '../context.ts'
import { openRecord } from '../match-records/match-record.ts'
import { type Estimated, estimateInThread } from './estimate-in-thread.ts'
import { endJob, inOwnJob, LEASE_S } from './lease-job.ts'
import { type MatchJob, matchModels, matchSamples } from './match-model.table.ts'
import { modelPlace } from './open-model.ts'

export type Using = Pick<Deps, 'db' | 'keyRing'>

/** A larger tenant's model is estimated from so many of its profiles, drawn by chance. */
const MAX_PROFILES = 50_000
/** Fewer do not show how often values of two people agree. */
const MIN_PROFILES = 50
const PAGE = 2_000

/** Estimates the model of a job from what was read of all profiles, and stores it as a proposal, with pairs for people to label. */
export async function estimateOfJob({ db, keyRing }: Using, job: MatchJob): Promise<void> {
  // A renewal that fails is repeated before the lease ends; what is stored below needs the lease.
  const renewal = setInterval(() => void renew(db, job).catch(() => undefined), (LEASE_S * 1_000) / 4)
  try {
    const records = await readSample(db, keyRing, job)
    if (records.length < MIN_PROFILES)
      throw new AppError('INVALID', `At least ${MIN_PROFILES} profiles need two values each`, undefined, { reason: 'TOO_FEW_PROFILES' })
    const estimated = await estimateInThread(records.map(([, record]) => record))
    await inOwnJob(db, job, async (tx) => {
      await storeModel(tx, keyRing, job, records, estimated)
      crashPoint('uncommitted')
    })
  } finally {
    clearInterval(renewal)
  }
}

const renew = (db: Db, job: MatchJob) =>
  inOwnJob(db, job, (tx) =>
    tx.client.query(`UPDATE match_jobs SET next_at = now() + interval '${LEASE_S} seconds' WHERE tenant_id = $1 AND id = $2`, [
      tx.tenantId,
      job.id,
    ]),
  )

type Sampled = readonly [profileId: string, record: string[]]

/** Reads the records of profiles page by page; of many each with the same chance, by the random end of its id. */
async function readSample(db: Db, ring: KeyRing, { tenantId, total }: MatchJob): Promise<Sampled[]> {
  const share = Math.min(1, MAX_PROFILES / Math.max(1, total))
  const found: Sampled[] = []
  for (let after: string | null = null, isLast = false; !isLast; ) {
    const rows: { id: string; sealed: Buffer }[] = await withTenant(db, tenantId, async (tx) => {
      const page = await tx.client.query<{ id: string; sealed: Buffer }>(
        `SELECT id, sealed FROM match_records WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) AND sealed IS NOT NULL
           AND ('x' || right(id::text, 8))::bit(32)::bigint < $3 * 4294967296 ORDER BY id LIMIT ${PAGE}`,
        [tenantId, after, share],
      )
      return page.rows
    })
    found.push(...rows.flatMap(({ id, sealed }) => openRecord(ring, tenantId, id, sealed)))
    after = rows.at(-1)?.id ?? null
    isLast = rows.length < PAGE
  }
  return found.filter(([, record]) => record.filter(Boolean).length >= 2)
}

async function storeModel(
  tx: Tx,
  ring: KeyRing,
  job: MatchJob,
  records: readonly Sampled[],
  { model, quality, bands, sample, pairs, lower, upper }: Estimated,
): Promise<void> {
  const id = newId()
  const { rows } = await tx.client.query<{ number: number }>(
    'SELECT coalesce(max(number), 0) + 1 AS number FROM match_models WHERE tenant_id = $1',
    [tx.tenantId],
  )
  const { number } = rows[0]!
  const sealed = seal(ring, tx.tenantId, modelPlace(id), JSON.stringify(model))
  const own = { number, sealed, lower, upper, profiles: records.length, pairs, quality, bands, createdBy: job.createdBy }
  await insertRows(tx, matchModels, [{ id, ...own }], { conflict: 'error' })
  const drawn = sample.map(({ a, b, ...pair }) => {
    const [profileA, profileB] = [records[a]![0], records[b]![0]].toSorted() as [string, string]
    return { id: newId(), modelId: id, profileA, profileB, ...pair }
  })
  await insertRows(tx, matchSamples, drawn, { conflict: 'error' })
  await endJob(tx, job.id, 'complete', { modelId: id })
}
