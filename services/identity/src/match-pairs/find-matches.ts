import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import type { ActiveModel } from '../match-models/match-model.ts'
import { keysOf, storedRecords } from '../match-records/match-record.ts'
import { createComparer, type FieldLevel } from '../matching/compare-records.rules.ts'
import { probabilityOf } from '../matching/model.rules.ts'

/** A profile that may be the same person as another one. */
export type Match = {
  readonly profileId: string
  readonly otherId: string
  readonly probability: number
  /** Prior and weights of all fields, in bits. */
  readonly weight: number
  readonly levels: FieldLevel[]
}

/** Profiles of one key that are read, the newest ones: what more of them share is nobody's own. */
const MAX_PER_KEY = 200
/** Profiles that are compared with one, those with the most common keys first. */
const MAX_CANDIDATES = 200
/** Matches of one profile that are kept, the most probable ones. */
const MAX_MATCHES = 20

/** Finds the profiles of other customers that may be the same persons as some profiles, by the active model. */
export async function findMatches(
  tx: Tx,
  ring: KeyRing,
  { model, lower }: ActiveModel,
  records: ReadonlyMap<string, readonly string[]>,
): Promise<Match[]> {
  const candidates = await readCandidates(tx, ring, records)
  const others = await storedRecords(
    tx,
    ring,
    [...new Set([...candidates.values()].flat())].filter((id) => !records.has(id)),
  )
  const all = [...records, ...others]
  const numbers = new Map(all.map(([id], number) => [id, number]))
  const comparer = createComparer(
    model,
    all.map(([, record]) => record),
  )
  return [...candidates].flatMap(([profileId, near]) =>
    near
      .flatMap((otherId): Match[] => {
        const [a, b] = [numbers.get(profileId)!, numbers.get(otherId)]
        if (b === undefined) return []
        const weight = comparer.bits(a, b)
        const probability = probabilityOf(weight)
        return probability < lower ? [] : [{ profileId, otherId, probability, weight, levels: comparer.levels(a, b) }]
      })
      .toSorted((one, other) => other.weight - one.weight || (one.otherId < other.otherId ? -1 : 1))
      .slice(0, MAX_MATCHES),
  )
}

async function readCandidates(tx: Tx, ring: KeyRing, records: ReadonlyMap<string, readonly string[]>): Promise<Map<string, string[]>> {
  const keys = [...records].flatMap(([id, record]) => keysOf(ring, tx.tenantId, record).map((key) => ({ id, key })))
  const { rows } = await tx.client.query<{ id: string; other: string }>(
    `SELECT id, other FROM (
       SELECT q.id, c.profile_id AS other, row_number() OVER (PARTITION BY q.id ORDER BY count(*) DESC, c.profile_id DESC) AS place
       FROM unnest($2::uuid[], $3::bytea[]) AS q (id, key)
       JOIN profiles mine ON mine.tenant_id = $1 AND mine.id = q.id
       CROSS JOIN LATERAL (
         SELECT k.profile_id FROM match_keys k WHERE k.tenant_id = $1 AND k.key = q.key
         ORDER BY k.profile_id DESC LIMIT ${MAX_PER_KEY}) c
       JOIN profiles theirs ON theirs.tenant_id = $1 AND theirs.id = c.profile_id
       WHERE theirs.customer_id <> mine.customer_id
       GROUP BY q.id, c.profile_id) ranked
     WHERE place <= ${MAX_CANDIDATES}`,
    [tx.tenantId, keys.map(({ id }) => id), keys.map(({ key }) => key)],
  )
  return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, of]) => [id, of.map(({ other }) => other)]))
}
