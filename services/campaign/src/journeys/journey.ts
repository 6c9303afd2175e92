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

/**
 * Of several entries of one person in a journey only one goes on: none when another has ended, else the one that entered first.
 * The caller holds the lock of the mapping. After an unmerge the entries that ended here stay ended.
 * @param customerIds customers who may have got profiles
 */
export async function mergeEntries(tx: Tx, customerIds: readonly string[]): Promise<void> {
  await tx.client.query(
    `UPDATE journey_entries e SET outcome = 'MERGED', due_at = NULL, waits_at = NULL, parked_at = NULL
     FROM profile_customers m
     WHERE m.tenant_id = $1 AND m.customer_id = ANY($2) AND e.tenant_id = $1 AND e.profile_id = m.profile_id AND e.outcome IS NULL AND EXISTS (
       SELECT 1 FROM profile_customers s JOIN journey_entries o ON o.tenant_id = s.tenant_id AND o.profile_id = s.profile_id
       WHERE s.tenant_id = $1 AND s.customer_id = m.customer_id AND o.journey_id = e.journey_id AND o.id <> e.id
         AND CASE WHEN o.outcome IS NULL THEN (o.entered_at, o.id) < (e.entered_at, e.id) ELSE o.outcome <> 'MERGED' END)`,
    [tx.tenantId, customerIds],
  )
}

async function journeysThatSend(tx: Tx, what: Sends): Promise<{ name: string; total: number }[]> {
  const { rows } = await tx.client.query<{ name: string; total: number }>(
    `SELECT name, count(*) OVER () AS total FROM journeys WHERE tenant_id = $1 AND state = 'RUNNING' AND nodes @> $2 ORDER BY name LIMIT ${MAX_NAMES}`,
    [tx.tenantId, JSON.stringify([{ type: 'SEND', ...what }])],
  )
  return rows
}
