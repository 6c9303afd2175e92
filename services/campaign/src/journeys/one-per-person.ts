import type { Tx } from '@renmai/platform/db/db'
import { lockJourney } from './journey.ts'

type Reader = { profileId: string; personId: string; isReached: boolean }

/**
 * Who gets the message of a step: each person once, also where two records of the person reach the step, now or before they
 * were found to be one.
 * @returns a function that is true for the first entry of a person who has not got the message
 */
export async function onePerPerson(
  tx: Tx,
  journeyId: string,
  nodeId: string,
  profileIds: readonly string[],
): Promise<(profileId: string) => boolean> {
  await lockJourney(tx, journeyId)
  const { rows } = await tx.client.query<Reader>(
    `SELECT p.id AS "profileId", coalesce(m.customer_id, p.id) AS "personId", EXISTS (
       SELECT 1 FROM journey_messages j WHERE j.tenant_id = $1 AND j.journey_id = $2 AND j.node_id = $3 AND (j.profile_id = p.id OR j.profile_id IN (
         SELECT s.profile_id FROM profile_customers s WHERE s.tenant_id = $1 AND s.customer_id = m.customer_id))) AS "isReached"
     FROM unnest($4::uuid[]) p (id) LEFT JOIN profile_customers m ON m.tenant_id = $1 AND m.profile_id = p.id`,
    [tx.tenantId, journeyId, nodeId, profileIds],
  )
  const personOf = new Map(rows.map(({ profileId, personId }) => [profileId, personId]))
  const reached = new Set(rows.flatMap(({ personId, isReached }) => (isReached ? [personId] : [])))
  return (profileId) => {
    const personId = personOf.get(profileId)!
    const isFirst = !reached.has(personId)
    reached.add(personId)
    return isFirst
  }
}
