import type { Tx } from '@renmai/platform/db/db'
import { mine } from '@renmai/platform/db/rows'
import { idFrom } from '@renmai/platform/serve/ids'
import { type ReviewCase, reviewCases } from '../customers/customer.table.ts'
import { joinTwo, separateTwo, survivorsOf } from '../customers/customer.ts'
import type { ReviewDecision } from '../gen/resolvers.ts'
import { type Decision, retract, rule } from '../graph/graph.ts'
import { noteChanged } from '../match-records/match-record.ts'

type Verdict = { readonly decision: ReviewDecision; readonly until: Date | null }

/** Reads an open case; another decision may have closed it meanwhile. */
export async function openCase(tx: Tx, id: string): Promise<ReviewCase | undefined> {
  const [found] = await tx
    .select()
    .from(reviewCases)
    .where(mine(tx, reviewCases, id))
  return found
}

/**
 * Carries out a person's decision about a case. The case goes when the graph does not need it any more. The caller holds the lock
 * of the graph.
 * @returns false when there is nothing to decide: the two are one customer, or no identifier can have changed hands
 */
export async function decideCase(tx: Tx, reviewCase: ReviewCase, { decision, until }: Verdict, by: Decision): Promise<boolean> {
  if (decision === 'LATER') return snooze(tx, reviewCase, until)
  const survivors = await survivorsOf(tx, [reviewCase.customerA, reviewCase.customerB])
  const [a, b] = [survivors.get(reviewCase.customerA)?.id, survivors.get(reviewCase.customerB)?.id]
  if (!a || !b || a === b) return false
  if (decision === 'CHANGED_HANDS') return passOn(tx, reviewCase, by)
  // Version 7 ids: the least is the oldest.
  const [older, younger] = a < b ? [a, b] : [b, a]
  await (decision === 'SAME' ? joinTwo : separateTwo)(tx, older, younger, by)
  // A case of an earlier release names no profiles, so the graph does not find it.
  await tx.client.query('DELETE FROM review_cases WHERE tenant_id = $1 AND id = $2 AND profile_a IS NULL', [tx.tenantId, reviewCase.id])
  return true
}

async function snooze(tx: Tx, { id, version }: ReviewCase, snoozedUntil: Date | null): Promise<boolean> {
  await tx
    .update(reviewCases)
    .set({ snoozedUntil, version: version + 1 })
    .where(mine(tx, reviewCases, id))
  return true
}

type Passed = { identifierId: string; profileId: string; linkedProfileId: string; earlierId: string }

/**
 * The person who proved an identifier earlier does not carry it any more. Their own profiles stay one customer, also where only
 * this identifier had joined them.
 */
async function passOn(tx: Tx, reviewCase: ReviewCase, by: Decision): Promise<boolean> {
  const passed = await readPassed(tx, reviewCase)
  for (const { identifierId, earlierId } of passed) {
    const holders = await holdersOf(tx, identifierId, earlierId)
    for (const other of holders.slice(1)) await rule(tx, { kind: 'LINK', sideA: [holders[0]!], sideB: [other], ...by })
    for (const profileId of holders) await noteChanged(tx, (await retract(tx, profileId, identifierId, by)).identified)
  }
  return passed.length > 0
}

/** Identifiers that both profiles of a case proved, and that the graph does not join them by for this reason. */
async function readPassed(tx: Tx, { profileA, profileB }: ReviewCase): Promise<Passed[]> {
  const { rows } = await tx.client.query<Passed & { evidenceId: string }>(
    `SELECT e.id AS "evidenceId", e.profile_id AS "profileId", e.linked_profile_id AS "linkedProfileId", i.identifier_id AS "identifierId",
       CASE WHEN i.verified_at <= j.verified_at THEN i.profile_id ELSE j.profile_id END AS "earlierId"
     FROM evidence e
     JOIN identifiers i ON i.tenant_id = $1 AND i.profile_id = e.profile_id AND i.namespace = e.namespace AND i.verified_at IS NOT NULL
     JOIN identifiers j ON j.tenant_id = $1 AND j.profile_id = e.linked_profile_id AND j.namespace = e.namespace
       AND j.value_index = i.value_index AND j.verified_at IS NOT NULL
     WHERE e.tenant_id = $1 AND e.reason = 'CHANGED_HANDS' AND i.identifier_id IS NOT NULL
       AND ((e.profile_id = $2 AND e.linked_profile_id = $3) OR (e.profile_id = $3 AND e.linked_profile_id = $2))
     ORDER BY e.id LIMIT 50`,
    [tx.tenantId, profileA, profileB],
  )
  // Two profiles can share several values of one kind; each has evidence of its own.
  return rows.filter((row) => row.evidenceId === idFrom('evidence', row.profileId, row.linkedProfileId, row.identifierId))
}

/** The profiles of a customer that carry an identifier, and that nobody retracted it from; the oldest customer by itself first. */
async function holdersOf(tx: Tx, identifierId: string, profileId: string): Promise<string[]> {
  const { rows } = await tx.client.query<{ id: string }>(
    `SELECT p.id FROM profiles p
     WHERE p.tenant_id = $1 AND p.customer_id = (SELECT customer_id FROM profiles WHERE tenant_id = $1 AND id = $3)
       AND EXISTS (SELECT 1 FROM identifiers i WHERE i.tenant_id = $1 AND i.profile_id = p.id AND i.identifier_id = $2)
       AND NOT EXISTS (SELECT 1 FROM rulings r WHERE r.tenant_id = $1 AND r.holds AND r.kind = 'RETRACTION'
         AND r.identifier_id = $2 AND r.side_a @> ARRAY[p.id])
     ORDER BY coalesce(p.home_customer_id, p.customer_id) LIMIT 20`,
    [tx.tenantId, identifierId, profileId],
  )
  return rows.map(({ id }) => id)
}
