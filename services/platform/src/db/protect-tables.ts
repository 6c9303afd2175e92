import type pg from 'pg'
import type { Watched } from '../quarantine/quarantine-kind.ts'
import type { Partitioned } from './partitions.ts'

/** Rights of the roles on the tables of a service. */
export type TableRules = {
  /** Role that the service runs as. */
  appRole: string
  /** Role that finds work across tenants and publishes the outbox. */
  relayRole: string
  /** Tables in which the relay role may read waiting work of every tenant. */
  queues?: readonly { readonly table: string; readonly isLeased?: boolean }[]
  /** Other tables of which the relay role may read the rows of every tenant. */
  readAcrossTenants?: readonly string[] | undefined
  /** Tables whose rows never change: facts, receipts, logs. */
  appendOnly?: readonly string[]
  /** Tables whose rows become quarantined items. */
  quarantine?: readonly Watched[] | undefined
  /** Tables that are partitioned by time. */
  partitioned?: readonly Partitioned[] | undefined
  /** By table the number of days that rows of its partitions are kept. */
  keepDays?: Readonly<Record<string, number>> | undefined
}

/** SQL: the tenant of the transaction. It is evaluated once for each statement. */
export const CURRENT_TENANT = "(select nullif(current_setting('app.tenant_id', true), '')::uuid)"
const OWN_TENANT = `tenant_id = ${CURRENT_TENANT}`
const TRIAL = 'protection_trial'
const CROSS_TENANT = ['outbox', 'inbox', 'dead_letters', 'known_tenants', 'resends', 'quarantined_items']

/**
 * Puts every table that has a tenant_id behind forced row-level security with one policy, and grants the least. It runs
 * after each migration, so that a new table cannot be forgotten. A table that is protected already is not changed.
 * Another one is changed in one transaction: the previous release serves meanwhile, and without its policy or its
 * rights each write would fail.
 */
export async function protectTables(client: pg.Client, rules: TableRules): Promise<void> {
  const [app, relay] = rolesOf(client, rules)
  await closeDatabase(client, app, relay)
  const wanted = new Map<string, string>()
  for (const name of await tenantTables(client)) {
    const kind = kindOf(name, rules)
    const key = JSON.stringify(kind)
    if (!wanted.has(key)) wanted.set(key, await tryOut(client, kind, rules))
    if ((await readProtection(client, name, rules)) === wanted.get(key)) continue
    await client.query('BEGIN')
    await protectTable(client, name, kind, rules)
    await client.query('COMMIT')
  }
}

/** Functions of the relay role; those that change something run with the rights of the owner. No other role may run any function. */
const RELAY_FUNCTIONS = ['ensure_partition', 'drop_old_partitions', 'partition_ranges']

/**
 * Closes the database, its schema, sequences and functions to all roles but the two, which get the rights that they
 * need. It compares with the current catalogue, so that an upgrade changes only what differs, and a grant by hand is
 * revoked.
 */
async function closeDatabase(client: pg.Client, app: string, relay: string): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `WITH functions AS (
       SELECT p.oid, format('%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS signature, p.proname = ANY($3) AS for_relay,
         coalesce(p.proacl, acldefault('f', p.proowner)) AS acl, p.proowner AS owner
       FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
     ), granted AS (
       SELECT f.signature, f.for_relay, g.grantee, g.grantee = 0 AS is_public, pg_get_userbyid(g.grantee) AS name
       FROM functions f, aclexplode(f.acl) g WHERE g.grantee <> f.owner
     )
     SELECT format('REVOKE ALL ON FUNCTION %s FROM %s', signature, CASE WHEN is_public THEN 'PUBLIC' ELSE quote_ident(name) END) AS statement
     FROM granted WHERE NOT (for_relay AND name = $2)
     UNION ALL
     SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', f.signature, $2::text) FROM functions f
     WHERE f.for_relay AND NOT EXISTS (SELECT 1 FROM granted g WHERE g.signature = f.signature AND g.name = $2)
     UNION ALL
     SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
     WHERE datname = current_database() AND g.grantee = 0 GROUP BY datname
     UNION ALL
     SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role) FROM unnest(ARRAY[$1::text, $2::text]) role
     WHERE NOT EXISTS (SELECT 1 FROM pg_database d, aclexplode(d.datacl) g WHERE d.datname = current_database()
       AND g.privilege_type = 'CONNECT' AND pg_get_userbyid(g.grantee) = role AND g.grantee <> 0)
     UNION ALL
     SELECT 'REVOKE ALL ON SCHEMA public FROM PUBLIC' FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
     WHERE n.nspname = 'public' AND g.grantee = 0 GROUP BY n.nspname`,
    [unquoted(app), unquoted(relay), RELAY_FUNCTIONS],
  )
  for (const { statement } of rows) await client.query(statement)
  await client.query(`GRANT USAGE ON SCHEMA public TO ${app}, ${relay}`)
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${app}`)
}

const unquoted = (identifier: string) => identifier.slice(1, -1).replaceAll('""', '"')

type Kind = { isAppendOnly: boolean; isQueue: boolean; isOutbox: boolean }

const kindOf = (name: string, { appendOnly, queues, readAcrossTenants }: TableRules): Kind => ({
  isAppendOnly: appendOnly?.includes(name) ?? false,
  isQueue:
    CROSS_TENANT.includes(name) || (queues?.some(({ table }) => table === name) ?? false) || (readAcrossTenants?.includes(name) ?? false),
  isOutbox: name === 'outbox',
})

const rolesOf = (client: pg.Client, { appRole, relayRole }: TableRules) =>
  [client.escapeIdentifier(appRole), client.escapeIdentifier(relayRole)] as const

async function protectTable(client: pg.Client, name: string, kind: Kind, rules: TableRules): Promise<void> {
  const table = client.escapeIdentifier(name)
  const [app, relay] = rolesOf(client, rules)
  const rights = kind.isAppendOnly ? 'SELECT, INSERT' : 'SELECT, INSERT, UPDATE, DELETE'
  const statements = [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    ...(await policiesOf(client, name)).map((policy) => `DROP POLICY ${client.escapeIdentifier(policy)} ON ${table}`),
    `CREATE POLICY own_tenant ON ${table} USING (${OWN_TENANT}) WITH CHECK (${OWN_TENANT})`,
    `REVOKE ALL ON ${table} FROM ${app}, ${relay}`,
    `GRANT ${rights} ON ${table} TO ${app}`,
    `GRANT MAINTAIN${kind.isQueue ? ', SELECT' : ''} ON ${table} TO ${relay}`,
    ...(kind.isQueue ? [`CREATE POLICY every_tenant ON ${table} TO ${relay} USING (true)`] : []),
    ...(kind.isOutbox ? [`GRANT UPDATE (published_at) ON ${table} TO ${relay}`] : []),
  ]
  for (const statement of statements) await client.query(statement)
}

async function policiesOf(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ policyname: string }>(
    "SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = $1",
    [name],
  )
  return rows.map((row) => row.policyname)
}

/** The protection that PostgreSQL reports for a protected table of this kind. The table of the trial is rolled back. */
async function tryOut(client: pg.Client, kind: Kind, rules: TableRules): Promise<string> {
  await client.query('BEGIN')
  try {
    await client.query(`CREATE TABLE ${TRIAL} (tenant_id uuid, published_at timestamptz)`)
    await protectTable(client, TRIAL, kind, rules)
    return await readProtection(client, TRIAL, rules)
  } finally {
    await client.query('ROLLBACK')
  }
}

/** Row security, every policy, and the rights of the two roles on the table and on its columns. */
async function readProtection(client: pg.Client, name: string, { appRole, relayRole }: TableRules): Promise<string> {
  const { rows } = await client.query<{ protection: string }>(
    `SELECT json_build_array(c.relrowsecurity, c.relforcerowsecurity,
       (SELECT json_agg(json_build_array(p.polname, p.polcmd, p.polpermissive, p.polroles,
          pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
        FROM pg_policy p WHERE p.polrelid = c.oid),
       (SELECT json_agg(json_build_array(r.rolname, a.attname, g.privilege_type) ORDER BY r.rolname, a.attname, g.privilege_type)
        FROM (SELECT NULL::name AS attname, c.relacl AS acl
              UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL) a,
             aclexplode(a.acl) g JOIN pg_roles r ON r.oid = g.grantee
        WHERE r.rolname IN ($2, $3)))::text AS protection
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = $1`,
    [name, appRole, relayRole],
  )
  return rows[0]!.protection
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
