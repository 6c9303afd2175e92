import type pg from 'pg'

/** Who may do what with a service's tables. */
export type TableRules = {
  /** Role that the service runs as. */
  appRole: string
  /** Role that finds work across tenants and publishes the outbox. */
  relayRole: string
  /** Tables in which the relay role may look for waiting work of every tenant. */
  queues?: readonly string[]
  /** Tables whose rows never change: facts, receipts, logs. */
  appendOnly?: readonly string[]
}

const OWN_TENANT = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)"
const CROSS_TENANT = ['outbox', 'inbox', 'dead_letters', 'known_tenants']

/**
 * Puts every table that has a tenant_id behind forced row-level security with one policy, and grants the least. Run
 * after each migration, so that a new table cannot be forgotten.
 */
export async function protectTables(client: pg.Client, rules: TableRules): Promise<void> {
  const app = client.escapeIdentifier(rules.appRole)
  const relay = client.escapeIdentifier(rules.relayRole)
  await client.query(`GRANT USAGE ON SCHEMA public TO ${app}, ${relay}`)
  await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ${app}, ${relay}`)
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${app}`)
  for (const name of await tenantTables(client)) {
    const table = client.escapeIdentifier(name)
    await client.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`)
    await client.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`)
    await client.query(`DROP POLICY IF EXISTS own_tenant ON ${table}`)
    await client.query(`CREATE POLICY own_tenant ON ${table} USING (${OWN_TENANT}) WITH CHECK (${OWN_TENANT})`)
    const rights = rules.appendOnly?.includes(name) ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE'
    await client.query(`REVOKE ALL ON ${table} FROM ${app}, ${relay}`)
    await client.query(`GRANT ${rights} ON ${table} TO ${app}`)
    await client.query(`GRANT MAINTAIN ON ${table} TO ${relay}`)
    if (CROSS_TENANT.includes(name) || rules.queues?.includes(name)) await openQueue(client, table, relay)
  }
  await client.query(`GRANT UPDATE (published_at) ON outbox TO ${relay}`)
}

async function openQueue(client: pg.Client, table: string, relay: string): Promise<void> {
  await client.query(`DROP POLICY IF EXISTS every_tenant ON ${table}`)
  await client.query(`CREATE POLICY every_tenant ON ${table} TO ${relay} USING (true)`)
  await client.query(`GRANT SELECT ON ${table} TO ${relay}`)
}

/** Tables and partitioned tables with a tenant; partitions are reached through their parents only. */
async function tenantTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY c.relname`,
  )
  return rows.map((row) => row.relname)
}
