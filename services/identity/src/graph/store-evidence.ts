import { encodeArray } from '@renmai/platform/db/bulk'
import type { Tx } from '@renmai/platform/db/db'
import { insertRows, type NewRow } from '@renmai/platform/db/rows'
import { idFrom } from '@renmai/platform/serve/ids'
import { evidence, reviewCases } from '../customers/customer.table.ts'
import type { Graph, GraphEvidence, GraphRuling } from './graph.rules.ts'

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
    await tx.client.query('DELETE FROM evidence WHERE tenant_id = $1 AND id = ANY($2)', [
      tx.tenantId,
      encodeArray('uuid', [...stored.keys()]),
    ])
  await insertRows(tx, evidence, changed, {
    conflict:
      'ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state, reason = excluded.reason, rule = excluded.rule, at = excluded.at',
  })
  const open = found.filter((one) => one.reason !== null && !isDecided(one, cannotLinks))
  await storeCases(tx, ids, casesOf(open, customers))
}

type Stored = Pick<GraphEvidence, 'state' | 'reason' | 'rule' | 'foundAt'>

/** Most evidence does not change with what is found beside it: to compare it here costs less than to write it as it is. */
async function readStored(tx: Tx, profileIds: readonly string[]): Promise<Map<string, Stored>> {
  if (profileIds.length === 0) return new Map()
  const { rows } = await tx.client.query<Stored & { id: string }>(
    `SELECT e.id, e.state, e.reason, e.rule, e.at AS "foundAt" FROM unnest($2::uuid[]) AS c (id)
     CROSS JOIN LATERAL (SELECT * FROM evidence WHERE tenant_id = $1 AND profile_id = c.id OFFSET 0) e`,
    [tx.tenantId, encodeArray('uuid', profileIds)],
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

/** One case for two profiles, however many identifiers they share. */
function casesOf(open: readonly GraphEvidence[], customers: ReadonlyMap<string, string>): NewRow<typeof reviewCases>[] {
  const cases = open.map(({ profileId, linkedProfileId, reason, foundAt }) => {
    const [profileA, profileB] = [profileId, linkedProfileId].toSorted() as [string, string]
    const [customerA, customerB] = [customers.get(profileA)!, customers.get(profileB)!]
    return { id: idFrom('review', profileA, profileB), profileA, profileB, customerA, customerB, reason: reason!, createdAt: foundAt }
  })
  return [...new Map(cases.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).map((one) => [one.id, one])).values()]
}

async function storeCases(tx: Tx, profileIds: readonly string[], cases: NewRow<typeof reviewCases>[]): Promise<void> {
  if (profileIds.length > 0)
    await tx.client.query(
      'DELETE FROM review_cases WHERE tenant_id = $1 AND (profile_a = ANY($2) OR profile_b = ANY($2)) AND id <> ALL($3)',
      [tx.tenantId, encodeArray('uuid', profileIds), cases.map(({ id }) => id)],
    )
  await insertRows(tx, reviewCases, cases, {
    conflict: `ON CONFLICT (tenant_id, id) DO UPDATE SET customer_a = excluded.customer_a, customer_b = excluded.customer_b, reason = excluded.reason,
      created_at = excluded.created_at`,
  })
}
