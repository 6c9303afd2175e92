import type { Tx } from '@renmai/platform/db/db'

/** The customer of a requested profile, and everything that a statement of them can be about. */
export type Person = { customerId: string | null; profileIds: string[]; identifierIds: string[] }

/**
 * Reads the people behind profiles: all profiles of the same customer, and the identifiers that they carry.
 * @returns them by the requested profile; a profile that is not known yet stands for itself
 */
export async function readPeople(tx: Tx, profileIds: readonly string[]): Promise<Map<string, Person>> {
  const { rows } = await tx.client.query<Person & { asked: string }>(
    `WITH asked AS (SELECT DISTINCT unnest($2::uuid[]) AS profile_id),
     sibling AS (
       SELECT a.profile_id AS asked, m.customer_id, coalesce(s.profile_id, a.profile_id) AS profile_id FROM asked a
       LEFT JOIN profile_customers m ON m.tenant_id = $1 AND m.profile_id = a.profile_id
       LEFT JOIN profile_customers s ON s.tenant_id = $1 AND s.customer_id = m.customer_id
     )
     SELECT s.asked, s.customer_id AS "customerId", array_agg(DISTINCT s.profile_id) AS "profileIds",
       array_agg(DISTINCT i.identifier_id) FILTER (WHERE i.identifier_id IS NOT NULL) AS "identifierIds"
     FROM sibling s LEFT JOIN profile_identifiers i ON i.tenant_id = $1 AND i.profile_id = s.profile_id
     GROUP BY s.asked, s.customer_id`,
    [tx.tenantId, [...profileIds]],
  )
  return new Map(rows.map(({ asked, ...person }) => [asked, { ...person, identifierIds: person.identifierIds ?? [] }]))
}

/** Reads the profiles of customers, and the identifiers that they carry. @returns them by the customer */
export async function readSubjects(tx: Tx, customerIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await tx.client.query<{ id: string; subjects: string[] }>(
    `SELECT customer_id AS id, array_agg(DISTINCT subject_id) AS subjects FROM (
       SELECT customer_id, profile_id AS subject_id FROM profile_customers WHERE tenant_id = $1 AND customer_id = ANY($2)
       UNION ALL
       SELECT m.customer_id, i.identifier_id FROM profile_customers m
       JOIN profile_identifiers i ON i.tenant_id = $1 AND i.profile_id = m.profile_id WHERE m.tenant_id = $1 AND m.customer_id = ANY($2)
     ) s GROUP BY customer_id`,
    [tx.tenantId, [...customerIds]],
  )
  return new Map(rows.map(({ id, subjects }) => [id, subjects]))
}
