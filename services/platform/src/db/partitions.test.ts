import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { unprotectedTables } from '../testing/catalogue.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { withTenant } from './db.ts'
import { keepPartitions } from './keep-partitions.ts'
import { makePartitions, type Partitioned } from './partitions.ts'

const [DAY_MS, NOW] = [86_400_000, new Date()]
const THINGS: Partitioned = { table: 'things', unit: 'week', ahead: 2 }
const tenant = newId()
let test: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  owner = new pg.Client({ connectionString: test.urls.owner })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await test.drop()
})

/** A table of a service as a migration would partition it, with as many rows before. */
async function makeThings(rows = 0): Promise<void> {
  const app = decodeURIComponent(new URL(test.urls.app).username)
  await owner.query(`DROP TABLE IF EXISTS things, things_past;
    CREATE TABLE things (tenant_id uuid NOT NULL, id uuid NOT NULL, source text NOT NULL,
      CONSTRAINT things_pk PRIMARY KEY (tenant_id, id), CONSTRAINT things_once UNIQUE (tenant_id, source));
    CREATE INDEX things_source ON things (tenant_id, source) WHERE source <> '';
    GRANT SELECT, INSERT ON things TO ${app};
    ALTER TABLE things ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON things USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))`)
  for (let no = 0; no < rows; no++) await add(no)
  await owner.query("SELECT partition_by_id('things', 'week')")
}
beforeEach(() => makeThings())

/** @param days the age of the row */
const add = async (days: number, source = newId()) => {
  const { rows } = await test.owner.query<{ id: string }>(
    "INSERT INTO things VALUES ($1, uuidv7($2 * interval '-1 day'), $3) RETURNING id",
    [tenant, days, source],
  )
  return rows[0]!.id
}
const make = (now = NOW, tables = [THINGS]) => makePartitions((text, values) => test.relayDb.pool.query(text, values), tables, now)
/** Numbers of rows by partition. */
const places = async () => {
  const { rows } = await test.owner.query<{ part: string; n: number }>(
    "SELECT i.inhrelid::regclass::text AS part, (SELECT count(*)::int FROM things t WHERE t.tableoid = i.inhrelid) AS n FROM pg_inherits i WHERE i.inhparent = 'things'::regclass ORDER BY 1",
  )
  return Object.fromEntries(rows.map(({ part, n }) => [part.replace('things_', ''), n]))
}
const monday = (weeks: number) => {
  const today = Date.parse(`${NOW.toISOString().slice(0, 10)}T00:00:00Z`)
  const start = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS
  return new Date(start + weeks * 7 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')
}
const mine = (statement: string, ...values: unknown[]) => withTenant(test.db, tenant, (tx) => tx.client.query(statement, values))

describe('partitions', () => {
  it('are there for as many units ahead as wanted, whatever the rows are', async () => {
    await mine('INSERT INTO things VALUES ($1, $2, $3)', tenant, '00000000-0000-7000-8000-000000000000', 'of 1970')
    await make()
    await make()
    expect(await places()).toEqual({ default: 1, [monday(0)]: 0, [monday(1)]: 0, [monday(2)]: 0 })
    await make(new Date(NOW.getTime() + 7 * DAY_MS))
    expect(Object.keys(await places())).toContain(monday(3))
  })

  it('that come late take their rows out of the default partition, and are as closed as the others', async () => {
    const [now, later] = [await add(0), await add(-7)]
    expect(await places()).toEqual({ default: 2 })
    await make()
    expect(await places()).toEqual({ default: 0, [monday(0)]: 1, [monday(1)]: 1, [monday(2)]: 0 })
    expect((await mine('SELECT id FROM things WHERE id = ANY($1)', [now, later])).rowCount).toBe(2)
    for (const statement of [`SELECT 1 FROM things_${monday(0)}`, `DELETE FROM things_${monday(0)}`, 'DELETE FROM things'])
      await expect(mine(statement), statement).rejects.toThrow('permission denied')
    await expect(withTenant(test.db, newId(), (tx) => tx.client.query('SELECT 1 FROM things'))).resolves.toMatchObject({ rowCount: 0 })
    await mine('INSERT INTO things VALUES ($1, $2, $3)', tenant, newId(), 'new')
    expect((await places())[monday(0)]).toBe(2)
  })

  it('are reported when one can be reached past its table', async () => {
    await makeThings(1)
    await make()
    expect(await unprotectedTables(test)).toEqual([])
    const app = decodeURIComponent(new URL(test.urls.app).username)
    const found = (part: string) => `things_${part}: a partition that can be reached past its parent`
    await owner.query(`GRANT SELECT ON things_past TO ${app}; ALTER TABLE things_default DISABLE ROW LEVEL SECURITY`)
    expect(await unprotectedTables(test)).toEqual([found('default'), found('past')])
  })

  it('that cannot be made keep no other from being made', async () => {
    const reader = new pg.Client({ connectionString: test.urls.owner })
    await reader.connect()
    await reader.query('BEGIN; LOCK TABLE things IN ACCESS SHARE MODE')
    const other: Partitioned = { table: 'outbox', unit: 'month', ahead: 0 }
    const later = new Date(NOW.getTime() + 90 * DAY_MS)
    const failure = await make(later, [{ ...THINGS, ahead: 0 }, other]).catch((error) => error)
    await reader.end()
    expect(failure).toBeInstanceOf(AggregateError)
    const { rows } = await test.owner.query("SELECT count(*)::int AS n FROM partition_ranges('outbox') WHERE to_time > $1", [later])
    expect(rows[0]!.n).toBeGreaterThan(0)
    await make(later)
  })
})

describe('a table that becomes partitioned', () => {
  it('keeps its rows, rights, policies and indexes; its first partition has none of the rights', async () => {
    await makeThings(40)
    await make()
    expect((await mine('SELECT 1 FROM things')).rowCount).toBe(40)
    expect(await places()).toMatchObject({ past: 40, default: 0 })
    await expect(mine('SELECT 1 FROM things_past')).rejects.toThrow('permission denied')
    await expect(mine('UPDATE things SET source = source')).rejects.toThrow('permission denied')
    expect((await withTenant(test.db, newId(), (tx) => tx.client.query('SELECT 1 FROM things'))).rowCount).toBe(0)
    const { rows } = await test.owner.query("SELECT indexname FROM pg_indexes WHERE tablename = 'things' ORDER BY 1")
    expect(rows.map(({ indexname }) => indexname)).toEqual(['things_pk', 'things_source'])
  })

  it('finds rows that are stored twice by the index that was unique, until its first partition is full', async () => {
    await makeThings(1)
    await make()
    await mine('INSERT INTO things VALUES ($1, $2, $3)', tenant, newId(), 'same')
    await expect(mine('INSERT INTO things VALUES ($1, $2, $3)', tenant, newId(), 'same')).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('has ids of another kind in its default partition', async () => {
    await owner.query('DROP TABLE things; CREATE TABLE things (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))')
    await owner.query("INSERT INTO things VALUES ($1, uuidv7()), ($1, 'ffffffff-0000-4000-8000-000000000000')", [tenant])
    await owner.query("SELECT partition_by_id('things', 'month')")
    expect(await places()).toEqual({ past: 1, default: 1 })
  })
})

describe('old partitions', () => {
  const drop = async () => (await test.relayDb.pool.query<{ n: number }>('SELECT drop_old_partitions() AS n')).rows[0]!.n

  it('are dropped when the owner has set how long rows are kept, with what is as old in the default partition', async () => {
    for (const weeks of [-6, -3, 0]) await make(new Date(NOW.getTime() + weeks * 7 * DAY_MS))
    for (const days of [42, 21, 0, 400]) await add(days)
    await drop()
    expect(await places()).toMatchObject({ default: 1, [monday(-6)]: 1, [monday(-3)]: 1, [monday(0)]: 1 })
    await keepPartitions(owner, { things: 30 })
    expect(await drop()).toBe(1)
    expect(await places()).toMatchObject({ default: 0, [monday(-3)]: 1, [monday(0)]: 1 })
    expect(Object.keys(await places())).not.toContain(monday(-6))
    await keepPartitions(owner)
  })

  it('are no choice of the role that drops them', async () => {
    await expect(test.relayDb.pool.query(`CREATE OR REPLACE FUNCTION kept_days() RETURNS int LANGUAGE sql AS 'SELECT 1'`)).rejects.toThrow()
    await expect(test.relayDb.pool.query('SELECT * FROM kept_days()')).rejects.toThrow('permission denied')
  })
})
