import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { connect, type Db, withTenant } from './db.ts'
import { migrate } from './migrate.ts'
import { type DatabaseUrls, provisionDatabase } from './provision.ts'

const database = `protected_${newId().slice(-12)}`
const tenantId = newId()
let urls: DatabaseUrls
let owner: pg.Client
let db: Db

const run = (queues: typeof counters.queues = counters.queues, readAcrossTenants: string[] = []) =>
  migrate(urls.owner, counters.migrations, {
    appRole: `${database}_app`,
    relayRole: `${database}_relay`,
    queues,
    readAcrossTenants,
    appendOnly: [],
  })
const add = () =>
  withTenant(db, tenantId, (tx) => tx.client.query('INSERT INTO counters (tenant_id, id) VALUES ($1, $2)', [tenantId, newId()]))

/** Changes with every change of a table, of its columns' rights or of its policies. */
const versions = async () =>
  (
    await owner.query(
      `SELECT 'policy' AS what, oid, xmin::text FROM pg_policy
       UNION ALL SELECT 'table', oid, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       ORDER BY 1, 2`,
    )
  ).rows

const policies = async () =>
  (await owner.query("SELECT policyname, roles, qual FROM pg_policies WHERE tablename = 'counters' ORDER BY 1")).rows

beforeAll(async () => {
  urls = await provisionDatabase(inject('postgresUrl'), database, () => 'test')
  await run()
  owner = new pg.Client({ connectionString: urls.owner })
  await owner.connect()
  db = connect(urls.app)
})
afterAll(async () => {
  await db.pool.end()
  await owner.end()
})

describe('the protection of tables', () => {
  it('is not touched by a migration that changes none of it', async () => {
    const before = await versions()
    await run()
    expect(await versions()).toEqual(before)
  })

  it('is never missing for concurrent writes while a release changes it', async () => {
    let isOver = false
    let written = 0
    const writers = Array.from({ length: 4 }, async () => {
      for (; !isOver; written++) await add()
    })
    for (let times = 0; times < 12; times++) await run(times % 2 ? counters.queues : [])
    isOver = true
    await Promise.all(writers)
    expect(written).toBeGreaterThan(12)
  })

  it('lets the relay role read other named tables across tenants, and write none of them', async () => {
    const relay = new pg.Client({ connectionString: urls.relay })
    await relay.connect()
    const attempt = (statement: string) =>
      relay.query(statement).then(
        () => 'done',
        ({ code }: { code: string }) => code,
      )
    const [DENIED, read] = ['42501', 'SELECT 1 FROM counters']
    await run([])
    expect(await attempt(read)).toBe(DENIED)
    await run([], ['counters'])
    expect([await attempt(read), await attempt('DELETE FROM counters')]).toEqual(['done', DENIED])
    await run()
    await relay.end()
  })

  it('is restored after a change by hand', async () => {
    const [wanted, rights] = [await policies(), `SELECT relacl::text, relforcerowsecurity FROM pg_class WHERE relname = 'counters'`]
    const before = (await owner.query(rights)).rows
    for (const change of [
      'ALTER TABLE counters NO FORCE ROW LEVEL SECURITY',
      'DROP POLICY own_tenant ON counters',
      'CREATE POLICY everybody ON counters USING (true)',
      `ALTER POLICY own_tenant ON counters USING (true)`,
      `GRANT TRUNCATE ON counters TO ${database}_app`,
      `REVOKE INSERT ON counters FROM ${database}_app`,
      `GRANT UPDATE (id) ON counters TO ${database}_relay`,
      'REVOKE UPDATE (published_at) ON outbox FROM ' + `${database}_relay`,
    ]) {
      await owner.query(change)
      await run()
      expect([await policies(), (await owner.query(rights)).rows], change).toEqual([wanted, before])
      const { rows } = await owner.query(
        `SELECT has_column_privilege('${database}_relay', 'outbox', 'published_at', 'UPDATE') AS marks,
                has_column_privilege('${database}_relay', 'counters', 'id', 'UPDATE') AS changes`,
      )
      expect(rows, change).toEqual([{ marks: true, changes: false }])
    }
  })
})
