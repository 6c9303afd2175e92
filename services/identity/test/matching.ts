import { withTenant } from '@renmai/platform/db/db'
import { insertRows } from '@renmai/platform/db/rows'
import { seal } from '@renmai/platform/secrets/crypto'
import { newId } from '@renmai/platform/serve/ids'
import { key } from '@renmai/platform/testing/viewers'
import { createAttributeField } from '../src/attributes/create-attribute-field.ts'
import type { Deps } from '../src/context.ts'
import { matchModels, matchSamples } from '../src/match-models/match-model.table.ts'
import { modelPlace } from '../src/match-models/open-model.ts'
import { runMatchJobs } from '../src/match-models/run-match-jobs.ts'
import { matchProfiles } from '../src/match-pairs/match-profiles.ts'
import { matchSettings } from '../src/match-records/match-record.table.ts'
import { COLUMNS } from '../src/matching/matchable.rules.ts'
import type { Model } from '../src/matching/model.rules.ts'
import { createStock } from '../src/matching/stock.rules.ts'
import { ring } from './fixture.ts'
import type { identitySeed } from './seed.ts'

type Seed = ReturnType<typeof identitySeed>

/** A model with the shipped estimates of m, and values that are as rare as those of a large population. */
export const MODEL: Model = {
  version: 1,
  columns: COLUMNS,
  fields: createStock(COLUMNS, []).comparisons.map(({ name, columns, levels, usual, rarest }) => {
    const equal = Math.max(rarest * 10, 1e-4)
    const between = levels.length > 2 ? 0.04 / (levels.length - 2) : 0
    const rates = levels.map((_meaning, at) => (at === 0 ? equal : at === levels.length - 1 ? 0.95 : between))
    return {
      name,
      columns,
      levels: levels.map((meaning, at) => ({ meaning, m: usual[at]!, u: rates[at]! })),
      frequencies: {},
      rarest: rarest === 0 ? 0 : equal,
    }
  }),
  prior: 1e-4,
  thresholds: { link: 0.5, reject: 0.05 },
}

/** Registers the fields that tests compare: values of others are not used. */
export async function registerFields(seed: Seed): Promise<void> {
  const fields = [
    { key: 'birthday', kind: 'DATE', sensitivity: 'PERSONAL' },
    { key: 'city', kind: 'TEXT', sensitivity: 'PERSONAL' },
    { key: 'company', kind: 'TEXT', sensitivity: 'PERSONAL' },
  ] as const
  for (const field of fields) await createAttributeField(seed.context(), { idempotencyKey: key(), label: field.key, ...field })
}

const CERTAIN = { value: 1, low: 1, high: 1 }

/** Activates a model without a training. @returns its id */
export async function useModel(
  seed: Seed,
  { lower = 0.1, upper = 0.99, joins = false, maxOpenCases = 5_000, number = 1 } = {},
): Promise<string> {
  const id = newId()
  await withTenant(seed.test.db, seed.tenant, async (tx) => {
    await tx.client.query('DELETE FROM match_settings WHERE tenant_id = $1', [seed.tenant])
    await insertRows(tx, matchSettings, [{ joinsByModel: joins, maxOpenCases }])
    const quality = { precision: CERTAIN, recall: CERTAIN, blockingRecall: CERTAIN }
    const own = { number, lower, upper, profiles: 0, pairs: 0, quality, bands: [], createdBy: 'test', state: 'ACTIVE' as const }
    await tx.client.query("UPDATE match_models SET state = 'RETIRED' WHERE tenant_id = $1", [seed.tenant])
    await insertRows(tx, matchModels, [{ id, sealed: seal(ring, seed.tenant, modelPlace(id), JSON.stringify(MODEL)), ...own }])
  })
  return id
}

/** Stores a pair to label. @returns its id */
export async function seedSample(seed: Seed, modelId: string, profileId: string): Promise<string> {
  const id = newId()
  const pair = { modelId, profileA: profileId, profileB: profileId, probability: 0.5, levels: [] }
  await withTenant(seed.test.db, seed.tenant, (tx) => insertRows(tx, matchSamples, [{ id, ...pair }]))
  return id
}

export const depsOf = ({ test }: Seed): Deps =>
  ({ db: test.db, relayDb: test.relayDb, keyRing: ring, now: () => new Date(), log: { error: console.error } }) as unknown as Deps

const { signal } = new AbortController()

/** Compares all profiles that are due, as one replica. */
export async function matchAll(seed: Seed): Promise<void> {
  const { work } = matchProfiles.start(depsOf(seed))
  while ((await work(seed.tenant, signal)) > 0);
}

/** Works on the job and the profiles of it, step by step, until both have nothing left. */
export async function finishJobs(seed: Seed): Promise<void> {
  const { work } = runMatchJobs.start(depsOf(seed))
  for (let step = 0; step < 1_000; step++) {
    await seed.test.owner.query("UPDATE match_jobs SET next_at = now() - interval '1 second' WHERE attempt_id IS NULL")
    const done = await work(seed.tenant, signal)
    await matchAll(seed)
    if (done === 0) return
  }
  throw new Error('The job does not end')
}
