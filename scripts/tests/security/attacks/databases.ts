import { describe, expect, it } from 'vitest'
import { SERVICES } from '../../../compose-supergraph.ts'
import type { Stage } from '../../bad-input/row.ts'
import { connect, select } from './tools.ts'

type Code = string | undefined
/** Code of a missing right; a row that row-level security refuses has the same code. */
const DENIED = '42501'
const OLD = "now() - interval '9 years'"

/** Statements that each role of a service is refused in its own database by its rights, independent of its code. */
const EVERY_ROLE: Record<string, string> = {
  'to become the owner': 'SET ROLE <owner>',
  'to become the superuser': 'SET ROLE <superuser>',
  'to log in as somebody else': 'SET SESSION AUTHORIZATION <superuser>',
  'to pass row-level security': 'ALTER ROLE CURRENT_USER BYPASSRLS',
  'to be a superuser': 'ALTER ROLE CURRENT_USER SUPERUSER',
  'a role of its own': 'CREATE ROLE mine',
  'a database of its own': 'CREATE DATABASE mine',
  'the passwords': 'SELECT rolpassword FROM pg_authid',
  'a table of its own': 'CREATE TABLE mine (a int)',
  'a table for a while': 'CREATE TEMPORARY TABLE mine (a int)',
  'a schema of its own': 'CREATE SCHEMA mine',
  'a function of its own': "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'an extension': 'CREATE EXTENSION dblink',
  'a setting of the server': "ALTER SYSTEM SET log_statement = 'all'",
  'to empty a table': 'TRUNCATE outbox',
  'to change a table': 'ALTER TABLE outbox ADD COLUMN mine int',
  'to open a table': 'ALTER TABLE outbox DISABLE ROW LEVEL SECURITY',
  'to take the policy off': 'DROP POLICY own_tenant ON outbox',
  'to drop a table': 'DROP TABLE dead_letters',
  'an index': 'CREATE INDEX mine ON outbox (type)',
  'a rule on a table': 'CREATE RULE mine AS ON INSERT TO outbox DO NOTHING',
  'a trigger on a table': 'CREATE TRIGGER mine BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  'a partition past its parent': 'SELECT 1 FROM outbox_default',
  'what was migrated': 'DELETE FROM drizzle.platform_migrations',
  'a file of the server': "SELECT pg_read_file('/etc/hostname')",
  'a folder of the server': "SELECT pg_ls_dir('/')",
  'a file as an object': "SELECT lo_import('/etc/hostname')",
  'to write a file': "COPY (SELECT 1) TO '/tmp/renmai-attack'",
  'to read a file into a table': "COPY outbox FROM '/etc/hostname'",
  'a program': "COPY (SELECT 1) TO PROGRAM 'true'",
}

/** The relay publishes, and creates and drops the partitions. */
const APP: Record<string, string> = {
  'to make a partition': `SELECT ensure_partition('inbox', ${OLD}, 'day')`,
  'to drop partitions': 'SELECT drop_old_partitions()',
}
const RELAY: Record<string, string> = {
  'to bring an event': "INSERT INTO outbox (tenant_id, event_id, type, payload) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', '')",
  'to change an event': "UPDATE outbox SET payload = ''",
  'to remove an event': 'DELETE FROM outbox',
  'to forget what was done': 'DELETE FROM inbox',
  'remembered answers': 'SELECT 1 FROM idempotency_keys',
  'to change a dead letter': "UPDATE dead_letters SET payload = ''",
}

/** The service's declarations of its tables: those that are append-only, and those in which its relay finds work of every tenant. */
async function rulesOf(database: string): Promise<{ appendOnly: readonly string[]; queues: string[] }> {
  const services = (await import(`../../../../services/${database}/src/service.ts`)) as Record<string, Rules>
  const { appendOnly = [], queues = [], readAcrossTenants = [] } = services[database]!
  return {
    appendOnly,
    queues: [
      'outbox',
      'inbox',
      'dead_letters',
      'known_tenants',
      'resends',
      'quarantined_items',
      ...readAcrossTenants,
      ...queues.map(({ table }) => table),
    ],
  }
}
type Rules = { appendOnly?: readonly string[]; readAcrossTenants?: readonly string[]; queues?: readonly { readonly table: string }[] }

/** @returns the code of each refusal, undefined where there is none; everything is rolled back */
async function refusals(stage: Stage, database: string, role: string, statements: Record<string, string>): Promise<Record<string, Code>> {
  const superuser = new URL(stage.whole.client.endpoints.postgres).username
  const client = await connect(stage, database, `${database}_${role}`)
  const found: Record<string, Code> = {}
  for (const [what, statement] of Object.entries(statements)) {
    const text = statement.replace('<owner>', `${database}_owner`).replace('<superuser>', superuser)
    // These two cannot run inside a transaction.
    if (!/^(CREATE DATABASE|ALTER SYSTEM)/.test(text)) await client.query('BEGIN')
    found[what] = await client.query(text).then(
      () => undefined,
      (error: { code: string }) => error.code,
    )
    await client.query('ROLLBACK')
  }
  await client.end()
  return found
}

const asStatements = (texts: string[]) => Object.fromEntries(texts.map((text) => [text, text]))
const allDenied = (statements: Record<string, string>) => Object.fromEntries(Object.keys(statements).map((what) => [what, DENIED]))

const TABLES = `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`

/** @returns by table, the number of other tenants' rows that the service's role sees, without a tenant or as one */
async function foreignRows(stage: Stage, database: string, tenantId?: string): Promise<Record<string, number>> {
  const tables = await select<{ name: string }>(stage, database, TABLES)
  const client = await connect(stage, database, `${database}_app`)
  const found: Record<string, number> = {}
  if (tenantId) await client.query("SELECT set_config('app.tenant_id', $1, false)", [tenantId])
  for (const { name } of tables) {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${name} WHERE tenant_id IS DISTINCT FROM $1`, [
      tenantId,
    ])
    if (rows[0]!.n > 0) found[name] = rows[0]!.n
  }
  await client.end()
  return found
}

const insertFor = (tenantId: string) => `DO $$ BEGIN
  PERFORM set_config('app.tenant_id', '${tenantId}', true);
  INSERT INTO outbox (tenant_id, event_id, type, payload) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', '');
END $$`

/** An attacker with a service's database password, or one who runs SQL in the service. */
export function describeDatabases(at: () => Stage): void {
  describe.each(SERVICES)('the database of %s', (database) => {
    const expectDenied = async (role: string, statements: Record<string, string>) =>
      expect(await refusals(at(), database, role, statements)).toEqual(allDenied(statements))

    it('refuses its service statements that its code does not run', () => expectDenied('app', { ...EVERY_ROLE, ...APP }))

    it('refuses its relay statements that its code does not run', () => expectDenied('relay', { ...EVERY_ROLE, ...RELAY }))

    it('changes no append-only row', async () => {
      const { appendOnly } = await rulesOf(database)
      await expectDenied(
        'app',
        asStatements(appendOnly.flatMap((table) => [`UPDATE ${table} SET tenant_id = tenant_id`, `DELETE FROM ${table}`])),
      )
    })

    it('shows its relay nothing but queues', async () => {
      const { queues } = await rulesOf(database)
      const others = (await select<{ name: string }>(at(), database, TABLES))
        .map(({ name }) => name)
        .filter((name) => !queues.includes(name))
      expect(others.length).toBeGreaterThan(2)
      await expectDenied('relay', asStatements(others.map((table) => `SELECT 1 FROM ${table}`)))
    })

    it('accepts no role of another service', async () => {
      const others = SERVICES.filter((name) => name !== database).flatMap((name) => [`${name}_app`, `${name}_relay`, `${name}_owner`])
      for (const role of others) await expect(connect(at(), database, role), role).rejects.toMatchObject({ code: DENIED })
    })

    it('shows no row without a tenant, and a tenant only its own rows', async () => {
      const [stage, { tenantId }] = [at(), at().whole]
      expect(await foreignRows(stage, database)).toEqual({})
      expect(await foreignRows(stage, database, tenantId)).toEqual({})
      await expectDenied('app', asStatements([insertFor(tenantId), 'SET LOCAL row_security = off; SELECT count(*) FROM outbox']))
    })
  })
}
