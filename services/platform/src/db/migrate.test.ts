import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { migrate } from './migrate.ts'
import { provisionDatabase } from './provision.ts'

const MIGRATE = fileURLToPath(new URL('../../test/run-migrate.ts', import.meta.url))

let test: TestDatabase

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

describe('migrations', () => {
  it('killed between any two statements are carried out by the next run, and end where an undisturbed one does', async () => {
    const make = async (name: string) => {
      const database = `${name}_${newId().slice(-12)}`
      const { owner } = await provisionDatabase(inject('postgresUrl'), database, () => 'test')
      return { database, owner }
    }
    const [undisturbed, killed] = [await make('undisturbed'), await make('killed')]
    const run = async ({ database, owner }: typeof killed, diesAt = Infinity) => {
      const child = fork(MIGRATE, [owner, database, String(diesAt)], { stdio: 'ignore' })
      const [code] = (await once(child, 'exit')) as [number | null]
      return code
    }
    expect(await run(undisturbed)).toBe(0)
    let deaths = 0
    for (let at = 2; (await run(killed, at)) !== 0; at += 7) deaths++
    expect(deaths).toBeGreaterThan(5)
    expect(await shapeOf(killed)).toEqual(await shapeOf(undisturbed))
  })

  it('run by two processes concurrently are carried out once', async () => {
    const database = `twice_${newId().slice(-12)}`
    const { owner } = await provisionDatabase(inject('postgresUrl'), database, () => 'test')
    const rules = { appRole: `${database}_app`, relayRole: `${database}_relay`, queues: counters.queues, appendOnly: [] }
    await Promise.all([1, 2, 3].map(() => migrate(owner, counters.migrations, rules)))
    const client = new pg.Client({ connectionString: owner })
    await client.connect()
    const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM drizzle.service_migrations')
    await client.end()
    expect(rows[0]!.n).toBeGreaterThan(0)
  })
})

/** Columns, indexes, policies and rights of everything, without the database's name. */
async function shapeOf({ database, owner }: { database: string; owner: string }): Promise<string> {
  const client = new pg.Client({ connectionString: owner })
  await client.connect()
  const { rows } = await client.query<{ line: string }>(
    `SELECT concat_ws('|', table_name, column_name, data_type, is_nullable, column_default) AS line FROM information_schema.columns WHERE table_schema IN ('public', 'drizzle')
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
     UNION ALL SELECT concat_ws('|', tablename, policyname, roles, qual, with_check) FROM pg_policies
     UNION ALL SELECT concat_ws('|', relname, relrowsecurity, relforcerowsecurity, relacl) FROM pg_class WHERE relnamespace = 'public'::regnamespace
     UNION ALL SELECT concat_ws('|', 'migrations', count(*)) FROM drizzle.service_migrations
     UNION ALL SELECT concat_ws('|', 'migrations', count(*)) FROM drizzle.platform_migrations ORDER BY 1`,
  )
  await client.end()
  return rows.map(({ line }) => line.replaceAll(database, 'DATABASE')).join('\n')
}

describe('old days of the outbox', () => {
  const days = async () =>
    (await test.owner.query("SELECT count(*) FROM pg_class WHERE relname IN ('outbox_20260101', 'outbox_20260102')")).rows[0].count

  it('are dropped when all of them is published, and kept while anything waits', async () => {
    for (const day of ['2026-01-01', '2026-01-02']) {
      await test.relayDb.pool.query("SELECT ensure_partition('outbox', $1, 'day')", [`${day}T00:00:00Z`])
      const published = day === '2026-01-01' ? day : null
      await test.owner.query(
        "INSERT INTO outbox (tenant_id, event_id, type, payload, created_at, published_at) VALUES ($1, $2, 't', '', $3, $4)",
        [newId(), newId(), day, published],
      )
    }
    await test.relayDb.pool.query('SELECT drop_old_partitions()')
    expect(await days()).toBe(1)
    expect((await test.owner.query('SELECT 1 FROM outbox WHERE published_at IS NULL')).rowCount).toBe(1)
  })
})
