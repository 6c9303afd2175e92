import type { Tx } from '@renmai/platform/db/db'
import type { KeyRing } from '@renmai/platform/secrets/crypto'
import { MODEL, openPairs, rule } from '../graph/graph.ts'
import type { ActiveModel } from '../match-models/match-model.ts'
import { storedRecords } from '../match-records/match-record.ts'
import { createComparer } from '../matching/compare-records.rules.ts'
import { mayJoin } from '../matching/join.rules.ts'
import type { Match } from './find-matches.ts'

/** Larger customers are left to people: every profile of one is compared with every profile of the other. */
const MAX_PROFILES = 30

/**
 * Joins the customers of matches that the model is sure of, where the tenant has it do so, each by a ruling that can be undone.
 * Customers whom people separated, whom a person has taken apart after the model, or of whom two profiles contradict each other
 * stay apart.
 */
export async function joinMatches(tx: Tx, ring: KeyRing, active: ActiveModel, found: readonly Match[], at: Date): Promise<void> {
  const sure = found.filter(({ probability }) => probability >= active.upper)
  if (sure.length === 0 || !(await joinsByModel(tx))) return
  for (const match of sure.toSorted((a, b) => b.weight - a.weight)) {
    const sides = await sidesOf(tx, match)
    if (!sides || !(await isConsistent(tx, ring, active, sides))) continue
    const agreeing = match.levels.filter(({ weight }) => weight > 0).map(({ field }) => field)
    await rule(tx, {
      kind: 'LINK',
      sideA: [sides.older.profileId],
      sideB: [sides.younger.profileId],
      reason: `model ${active.number}: probability ${match.probability.toFixed(4)} by ${agreeing.join(', ')}`,
      decidedBy: `${MODEL}${active.number}`,
      decidedAt: at,
    })
  }
}

async function joinsByModel(tx: Tx): Promise<boolean> {
  const { rowCount } = await tx.client.query('SELECT 1 FROM match_settings WHERE tenant_id = $1 AND joins_by_model', [tx.tenantId])
  return rowCount === 1
}

type Side = { readonly profileId: string; readonly profileIds: readonly string[] }

/** The customers of a match as they are now; undefined when a ruling, or a person after the model, keeps them apart. */
async function sidesOf(tx: Tx, { profileId, otherId }: Match): Promise<{ older: Side; younger: Side } | undefined> {
  const { rows } = await tx.client.query<{ id: string; customerId: string; profileIds: string[] }>(
    `SELECT p.id, p.customer_id AS "customerId", ARRAY(SELECT id FROM profiles s WHERE s.tenant_id = $1 AND s.customer_id = p.customer_id
       ORDER BY id LIMIT ${MAX_PROFILES + 1}) AS "profileIds"
     FROM profiles p WHERE p.tenant_id = $1 AND p.id = ANY($2) ORDER BY p.customer_id`,
    [tx.tenantId, [profileId, otherId]],
  )
  const [older, younger] = rows
  if (!older || !younger || older.customerId === younger.customerId) return undefined
  if (older.profileIds.length > MAX_PROFILES || younger.profileIds.length > MAX_PROFILES) return undefined
  const open = await openPairs(tx, [profileId])
  const isOpen = open.some((pair) => [older.customerId, younger.customerId].every((id) => id === pair.customerA || id === pair.customerB))
  if (!isOpen || (await wasUndone(tx, older.profileIds, younger.profileIds))) return undefined
  return {
    older: { profileId: older.id, profileIds: older.profileIds },
    younger: { profileId: younger.id, profileIds: younger.profileIds },
  }
}

/** A person has taken these apart after a model had joined them: it is not joined again, it stays a case. */
async function wasUndone(tx: Tx, ours: readonly string[], theirs: readonly string[]): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `SELECT 1 FROM rulings WHERE tenant_id = $1 AND NOT holds AND kind = 'LINK' AND starts_with(decided_by, '${MODEL}')
       AND ((side_a && $2 AND side_b && $3) OR (side_a && $3 AND side_b && $2)) LIMIT 1`,
    [tx.tenantId, ours, theirs],
  )
  return rowCount === 1
}

async function isConsistent(
  tx: Tx,
  ring: KeyRing,
  { model, lower, upper }: ActiveModel,
  { older, younger }: Record<'older' | 'younger', Side>,
): Promise<boolean> {
  const records = [...(await storedRecords(tx, ring, [...older.profileIds, ...younger.profileIds]))]
  const comparer = createComparer(
    model,
    records.map(([, record]) => record),
  )
  const numbersOf = ({ profileIds }: Side) => records.flatMap(([id], number) => (profileIds.includes(id) ? [number] : []))
  return mayJoin(numbersOf(older), numbersOf(younger), comparer, { lower, upper })
}
