import type { Tx } from '@renmai/platform/db/db'
import { journeyFailure } from './journey.failures.ts'

const MAX_NAMES = 5

/** What a step that sends may name. A stored step has the same fields. */
type Sends = { readonly templateId: string } | { readonly couponTemplateId: string }

/** Whether a step of any journey sends this template; a journey sends the newest version. */
export async function sendsTemplate(tx: Tx, templateId: string): Promise<boolean> {
  return (await journeysThatSend(tx, { templateId })).length > 0
}

/**
 * Lets the publication of a journey and the archiving of what it names wait for each other, so that no journey names what has
 * just been archived.
 */
export const lockReferences = (tx: Tx) =>
  tx.client.query("SELECT pg_advisory_xact_lock(hashtext('references'), hashtext($1))", [tx.tenantId])

/**
 * Checks that no running journey sends something.
 * @param field path of the id in the input
 * @throws AppError CONFLICT that names the first journeys by name, and how many more there are
 */
export async function requireUnused(tx: Tx, what: Sends, field: string): Promise<void> {
  const users = await journeysThatSend(tx, what)
  const [first] = users
  if (!first) return
  const more = first.total - users.length
  const names = users.map(({ name }) => name).join(', ')
  const journeys = `${first.total === 1 ? 'the journey' : 'the journeys'} ${names}${more > 0 ? ` and ${more} more` : ''}`
  throw journeyFailure('IN_USE_BY_JOURNEYS', field, { journeys })
}

/** Only one transaction enters customers into a journey, or requests its messages, at a time. */
export const lockJourney = (tx: Tx, journeyId: string) =>
  tx.client.query("SELECT pg_advisory_xact_lock(hashtext('journey'), hashtext($1))", [journeyId])

/** Entries that go on, or would if no merge had ended them. An entry that an earlier release ended holds nothing to go on with. */
const isOpen = (row: string) =>
  `(${row}.outcome IS NULL OR (${row}.outcome = 'MERGED' AND (${row}.held_due_at IS NOT NULL OR ${row}.held_parked_at IS NOT NULL)))`

/**
 * Of several entries of one person in a journey only one goes on: none when another has ended, else the one that entered first, or of
 * two that entered together the one of the older profile. Which one follows from who is one person now: an entry that a merge ended
 * goes on after the unmerge, where it was. The caller holds the lock of the mapping.
 * @param customerIds customers who may have got or lost profiles
 */
export async function regroupEntries(tx: Tx, customerIds: readonly string[]): Promise<void> {
  const { rowCount } = await tx.client.query(
    `UPDATE journey_entries e SET outcome = CASE WHEN s.ends THEN 'MERGED' END,
       due_at = CASE WHEN NOT s.ends THEN e.held_due_at END, held_due_at = CASE WHEN s.ends THEN e.due_at END,
       parked_at = CASE WHEN NOT s.ends THEN e.held_parked_at END, held_parked_at = CASE WHEN s.ends THEN e.parked_at END
     FROM (
       SELECT x.id, EXISTS (
         SELECT 1 FROM profile_customers p JOIN journey_entries o ON o.tenant_id = p.tenant_id AND o.profile_id = p.profile_id
         WHERE p.tenant_id = $1 AND p.customer_id = m.customer_id AND o.journey_id = x.journey_id AND o.id <> x.id
           AND CASE WHEN ${isOpen('o')} THEN (o.entered_at, o.profile_id) < (x.entered_at, x.profile_id) ELSE o.outcome <> 'MERGED' END) AS ends
       FROM profile_customers m JOIN journey_entries x ON x.tenant_id = m.tenant_id AND x.profile_id = m.profile_id
       WHERE m.tenant_id = $1 AND m.customer_id = ANY($2) AND ${isOpen('x')}
     ) s WHERE e.tenant_id = $1 AND e.id = s.id AND ${isOpen('e')} AND s.ends = (e.outcome IS NULL)`,
    [tx.tenantId, customerIds],
  )
  if (rowCount) tx.work.add('journey_entries')
}

async function journeysThatSend(tx: Tx, what: Sends): Promise<{ name: string; total: number }[]> {
  const { rows } = await tx.client.query<{ name: string; total: number }>(
    `SELECT name, count(*) OVER () AS total FROM journeys WHERE tenant_id = $1 AND state = 'RUNNING' AND nodes @> $2 ORDER BY name LIMIT ${MAX_NAMES}`,
    [tx.tenantId, JSON.stringify([{ type: 'SEND', ...what }])],
  )
  return rows
}
