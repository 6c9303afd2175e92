import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { PLATFORM_MIGRATIONS } from '../migrations.ts'
import { watchedBy } from '../quarantine/quarantine.ts'
import { watchOrigins } from '../quarantine/watch-origins.ts'
import { keepPartitions } from './keep-partitions.ts'
import { makePartitions } from './partitions.ts'
import { protectTables, type TableRules } from './protect-tables.ts'

const LOCK = 7_246_001

/**
 * Brings a service's database to the newest schema and puts every tenant table behind row-level security. Safe to run
 * twice, and concurrently from two places: an advisory lock lets one of them run.
 * @param ownerUrl PostgreSQL URL of the role that owns the tables
 * @param folder the service's own migrations
 */
export async function migrate(ownerUrl: string, folder: string, rules: TableRules): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'migrate' })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    // A table that is locked for long must fail the migration, not queue every reader behind it.
    await client.query("SET lock_timeout = '5s'")
    const db = drizzle(client)
    await runMigrations(db, { migrationsFolder: PLATFORM_MIGRATIONS, migrationsTable: 'platform_migrations' })
    await runMigrations(db, { migrationsFolder: folder, migrationsTable: 'service_migrations' })
    await watchOrigins(client, watchedBy({ queues: rules.queues ?? [], quarantine: rules.quarantine }))
    await keepPartitions(client, rules.keepDays)
    await protectTables(client, rules)
    await makePartitions((text, values) => client.query(text, values), rules.partitioned)
  } finally {
    await client.end()
  }
}
