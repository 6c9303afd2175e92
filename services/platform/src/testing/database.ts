import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { connect, type Db } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import type { Partitioned } from '../db/partitions.ts'
import { type DatabaseUrls, provisionDatabase } from '../db/provision.ts'
import type { Watched } from '../quarantine/quarantine-kind.ts'
import { checkPublished } from './published.ts'

/** The properties of a service that a test needs to create its database. */
export type Migrated = {
  name: string
  migrations: string
  queues: readonly { readonly table: string; readonly isLeased?: boolean }[]
  quarantine?: readonly Watched[]
  readAcrossTenants?: readonly string[]
  appendOnly: readonly string[]
  partitioned?: readonly Partitioned[]
}

export type TestDatabase = { urls: DatabaseUrls; db: Db; relayDb: Db; owner: pg.Pool; drop: () => Promise<void> }

const LOCK = 7_246_100
const password = (role: string) => `test-${role}`

/**
 * A database of its own for a test file: a copy of the service's migrated template, which the first file makes.
 * @param adminUrl the test cluster's superuser
 */
export async function testDatabase(adminUrl: string, service: Migrated): Promise<TestDatabase> {
  const template = `template_${service.name}`
  const name = `test_${service.name}_${randomBytes(4).toString('hex')}`
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query('SELECT pg_advisory_lock($1)', [LOCK])
    const urls = await makeTemplate(adminUrl, template, service)
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${template}_owner`)
    // Rights to a database are not copied with it.
    await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`)
    await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${template}_app, ${template}_relay`)
    return open(adminUrl, name, urls, service.name)
  } finally {
    await admin.end()
  }
}

async function makeTemplate(
  adminUrl: string,
  template: string,
  { migrations, queues, quarantine, readAcrossTenants, appendOnly, partitioned }: Migrated,
): Promise<DatabaseUrls> {
  const urls = await provisionDatabase(adminUrl, template, password)
  const [appRole, relayRole] = [`${template}_app`, `${template}_relay`]
  await migrate(urls.owner, migrations, { appRole, relayRole, queues, quarantine, readAcrossTenants, appendOnly, partitioned })
  return urls
}

function open(adminUrl: string, name: string, template: DatabaseUrls, service: string): TestDatabase {
  const here = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href
  const urls = { owner: here(template.owner), app: here(template.app), relay: here(template.relay) }
  const [db, relayDb, owner] = [connect(urls.app), connect(urls.relay), new pg.Pool({ connectionString: here(adminUrl), max: 2 })]
  // Dropping the database ends the connections to it.
  owner.on('error', () => undefined)
  const drop = async () => {
    try {
      await checkPublished(service, owner)
    } finally {
      await Promise.all([db.pool.end(), relayDb.pool.end(), owner.end()])
      const admin = new pg.Client({ connectionString: adminUrl })
      await admin.connect()
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.end()
    }
  }
  return { urls, db, relayDb, owner, drop }
}

const NOT_STATE = [
  'outbox',
  'inbox',
  'dead_letters',
  'idempotency_keys',
  'known_tenants',
  'platform_migrations',
  'service_migrations',
  'quarantined_items',
  'quarantine_replays',
  'quarantine_actions',
]

/** A column with a number that stands for a key, and the table of both: numbers differ by the order in which keys arrive. */
export type Numbered = { readonly column: string; readonly table: string; readonly key: string }

/** The columns that hold nothing but the numbers. */
export const numbersOf = (numbered: readonly Numbered[]): string[] => numbered.map(({ table }) => `${table}.no`)

/** SQL of a column of the table `d`, with keys in place of numbers. */
export function keyOf(column: string, numbered: readonly Numbered[]): string {
  const found = numbered.find((one) => one.column === column)
  return found
    ? `(SELECT n."${found.key}" FROM ${found.table} n WHERE n.tenant_id = d.tenant_id AND n.no = d."${column}") AS "${column}"`
    : `d."${column}"`
}

/**
 * All rows of all tables except the bookkeeping, as comparable text. A replay or an undone merge must not change it.
 * @param leaveOut more tables, and columns as table.column or *.column
 * @param numbered columns to compare by the keys that their numbers stand for
 */
export async function dumpTables(
  { owner }: Pick<TestDatabase, 'owner'>,
  leaveOut: string[] = [],
  numbered: readonly Numbered[] = [],
): Promise<Record<string, string[]>> {
  const { rows } = await owner.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname ORDER BY a.attname)::text[] AS columns FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition GROUP BY c.relname ORDER BY c.relname`,
  )
  const left = [...leaveOut, ...numbersOf(numbered)]
  const dump: Record<string, string[]> = {}
  for (const { name, columns } of rows.filter((row) => !NOT_STATE.includes(row.name) && !left.includes(row.name))) {
    const kept = columns.filter((column) => !left.includes(`${name}.${column}`) && !left.includes(`*.${column}`))
    const found = await owner.query<{ row: string }>(
      `SELECT row_to_json(t)::text AS row FROM (SELECT ${kept.map((column) => keyOf(column, numbered)).join(', ')} FROM ${name} d) t`,
    )
    dump[name] = found.rows.map(({ row }) => row).sort((a, b) => (a < b ? -1 : 1))
  }
  return dump
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The test cluster's superuser. */
    postgresUrl: string
  }
}
