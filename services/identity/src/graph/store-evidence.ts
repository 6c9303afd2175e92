import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { prepared } from '@renmai/platform/db/prepared'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { idFrom } from '@renmai/platform/serve/ids'
import { evidence, reviewCases } from '../customers/customer.table.ts'
import type { Graph, GraphEvidence, GraphRuling } from './graph.rules.ts'
import { type OpenPair, openPairs } from './open-pairs.queries.ts'

/**
 * Replaces the stored evidence of a graph's profiles, and the cases that people have to decide, by what the graph states now. Of
 * profiles that are born there is none to replace.
 */
export async function storeEvidence(
  tx: Tx,
  { profiles, cannotLinks, born }: Pick<Graph, 'profiles' | 'cannotLinks'> & { born: ReadonlySet<string> },
  customers: ReadonlyMap<string, string>,
  found: readonly GraphEvidence[],
): Promise<void> {
  const ids = profiles.map(({ id }) => id).filter((id) => !born.has(id))
  const rows = found.map(({ identifierId, ...row }) => ({
    id: idFrom('evidence', row.profileId, row.linkedProfileId, identifierId),
    ...row,
  }))
  const stored = await readStored(tx, ids)
  const changed = rows.filter((row) => !isEqual(row, stored.get(row.id)))
  for (const { id } of rows) stored.delete(id)
  if (stored.size > 0)
    await tx.client.query(
      prepared('DELETE FROM evidence WHERE tenant_id = $1 AND id = ANY($2)', [tx.tenantId, encodeArray('uuid', [...stored.keys()])]),
    )
  await insertRows(tx, evidence, changed, {
    conflict:
      'ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, reason = excluded.reason, rule = excluded.rule, at = excluded.at',
  })
  // What a device of several people leaves open, no person knows either.
  const open = found.filter((one) => one.reason !== null && one.rule !== 'T3_ANONYMOUS_DEVICE' && !isDecided(one, cannotLinks))
  const refused = casesOf(open, customers)
  await storeCases(tx, ids, [...refused, ...(await listed(tx, ids, proposals(refused, await openPairs(tx, ids))))])
}

type Stored = Pick<GraphEvidence, 'state' | 'reason' | 'rule' | 'foundAt'>

/** Most evidence does not change with what is found beside it: to compare it here costs less than to write it as it is. */
async function readStored(tx: Tx, profileIds: readonly string[]): Promise<Map<string, Stored>> {
  if (profileIds.length === 0) return new Map()
  const { rows } = await tx.client.query<Stored & { id: string }>(
    prepared(
      `SELECT e.id, e.state, e.reason, e.rule, e.at AS "foundAt" FROM unnest($2::uuid[]) AS c (id)
     CROSS JOIN LATERAL (SELECT * FROM evidence WHERE tenant_id = $1 AND profile_id = c.id OFFSET 0) e`,
      [tx.tenantId, encodeArray('uuid', profileIds)],
    ),
  )
  return new Map(rows.map((row) => [row.id, row]))
}

const isEqual = (row: Stored, stored: Stored | undefined): boolean =>
  stored !== undefined &&
  stored.state === row.state &&
  stored.reason === row.reason &&
  stored.rule === row.rule &&
  stored.foundAt.getTime() === row.foundAt.getTime()

/** A person who separated the two after the evidence was found knew it. */
const isDecided = ({ profileId, linkedProfileId, foundAt }: GraphEvidence, cannotLinks: readonly GraphRuling[]): boolean =>
  cannotLinks.some(
    ({ sideA, sideB, decidedAt }) =>
      decidedAt >= foundAt &&
      ((sideA.includes(profileId) && sideB.includes(linkedProfileId)) || (sideB.includes(profileId) && sideA.includes(linkedProfileId))),
  )

type NewCase = NewRow<typeof reviewCases>

/** Cases of pairs that a model takes for one person. Two who share identifiers have a case by rules, which states more. */
function proposals(refused: readonly NewCase[], pairs: readonly OpenPair[]): NewCase[] {
  const between = (a: string, b: string) => [a, b].toSorted().join('|')
  const known = new Set(refused.map(({ customerA, customerB }) => between(customerA, customerB)))
  return pairs
    .filter(({ customerA, customerB }) => !known.has(between(customerA, customerB)))
    .map(({ profileA, profileB, customerA, customerB, probability, modelVersion, foundAt }) => ({
      id: idFrom('review', profileA, profileB),
      profileA,
      profileB,
      customerA,
      customerB,
      probability,
      modelVersion,
      reason: 'PROBABLE_MATCH' as const,
      createdAt: foundAt,
    }))
}

/** Of the cases by a model those that are listed already, and as many others as the tenant wants open at one time. */
async function listed(tx: Tx, ids: readonly string[], cases: readonly NewCase[]): Promise<NewCase[]> {
  if (cases.length === 0) return []
  const { rows } = await tx.client.query<{ room: number; open: string[] }>(
    prepared(
      `SELECT s.max_open_cases - (SELECT count(*) FROM review_cases c WHERE c.tenant_id = $1 AND c.reason = 'PROBABLE_MATCH'
         AND c.profile_a <> ALL($3) AND c.profile_b <> ALL($3))::int AS room,
       ARRAY(SELECT c.id FROM review_cases c WHERE c.tenant_id = $1 AND c.id = ANY($2)) AS open
     FROM match_settings s WHERE s.tenant_id = $1`,
      [tx.tenantId, cases.map(({ id }) => id), ids],
    ),
  )
  const { room = 0, open = [] } = rows[0] ?? {}
  const first = cases.toSorted(
    (a, b) => Number(open.includes(b.id)) - Number(open.includes(a.id)) || b.probability! - a.probability! || (a.id < b.id ? -1 : 1),
  )
  return first.slice(0, Math.max(0, room))
}

/** One case for two profiles, however many identifiers they share. */
function casesOf(open: readonly GraphEvidence[], customers: ReadonlyMap<string, string>): NewCase[] {
  const cases = open.map(({ profileId, linkedProfileId, reason, foundAt }) => {
    const [profileA, profileB] = [profileId, linkedProfileId].toSorted() as [string, string]
    const [customerA, customerB] = [customers.get(profileA)!, customers.get(profileB)!]
    return {
      id: idFrom('review', profileA, profileB),
      profileA,
      profileB,
      customerA,
      customerB,
      reason: reason!,
      probability: null,
      modelVersion: null,
      createdAt: foundAt,
    }
  })
  return [...new Map(cases.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).map((one) => [one.id, one])).values()]
}

async function storeCases(tx: Tx, profileIds: readonly string[], cases: NewCase[]): Promise<void> {
  if (profileIds.length > 0)
    await tx.client.query(
      prepared('DELETE FROM review_cases WHERE tenant_id = $1 AND (profile_a = ANY($2) OR profile_b = ANY($2)) AND id <> ALL($3)', [
        tx.tenantId,
        encodeArray('uuid', profileIds),
        cases.map(({ id }) => id),
      ]),
    )
  await insertRows(tx, reviewCases, cases, {
    conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET customer_a = excluded.customer_a, customer_b = excluded.customer_b, reason = excluded.reason,
      probability = excluded.probability, model_version = excluded.model_version, created_at = excluded.created_at`,
  })
}
