import pg from 'pg'

/** URLs of the database of a service, by role. */
export type DatabaseUrls = { owner: string; app: string; relay: string }

/**
 * Creates a database with its three roles: the owner of the tables, the application and the relay. Neither of the last
 * two owns anything, is a superuser or can bypass row-level security. An existing database and existing roles are kept;
 * their passwords are set again.
 * @param adminUrl URL of a role that may create roles and databases
 * @param password returns the password of a role
 */
export async function provisionDatabase(
  adminUrl: string,
  database: string,
  password: (role: string) => string,
  rolePrefix = database,
): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  const roles = { owner: `${rolePrefix}_owner`, app: `${rolePrefix}_app`, relay: `${rolePrefix}_relay` }
  try {
    for (const role of Object.values(roles)) await ensureRole(client, role, password(role))
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${client.escapeIdentifier(roles.owner)}`)
    }
  } finally {
    await client.end()
  }
  const urlOf = (role: string) => {
    const url = new URL(adminUrl)
    Object.assign(url, { username: role, password: password(role), pathname: `/${database}` })
    return url.href
  }
  return { owner: urlOf(roles.owner), app: urlOf(roles.app), relay: urlOf(roles.relay) }
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const name = client.escapeIdentifier(role)
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
  if (found.rowCount === 0) await client.query(`CREATE ROLE ${name}`)
  await client.query(`ALTER ROLE ${name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`)
}
