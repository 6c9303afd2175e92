import pg from 'pg'

/** A member of staff of a tenant, as the development login offers them. */
export type Person = { tenantId: string; tenant: string; subject: string; name: string; roles: string[] }

/** Reads who may sign in now. */
export type ReadPeople = () => Promise<Person[]>

const MOST = 500

/** The name of a person at the issuer: the same subject may work for several tenants. */
export const accountOf = ({ tenantId, subject }: Pick<Person, 'tenantId' | 'subject'>): string => `${tenantId}/${subject}`

/**
 * Reads the active staff of every tenant from identity's database, so that everybody whom `create-tenant` or `addStaff` made can
 * sign in immediately. No production part may read across tenants like this; the issuer runs on a developer's machine only.
 * @param url identity's database, as a superuser
 */
export const peopleOf =
  (url: string): ReadPeople =>
  async () => {
    const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=on' })
    await client.connect()
    try {
      const { rows } = await client.query<Person>(
        `SELECT t.tenant_id AS "tenantId", t.name AS tenant, s.subject, s.name, s.roles FROM staff s JOIN tenants t USING (tenant_id)
         WHERE s.disabled_at IS NULL ORDER BY t.created_at, t.tenant_id, s.created_at, s.id LIMIT $1`,
        [MOST],
      )
      return rows
    } finally {
      await client.end()
    }
  }
