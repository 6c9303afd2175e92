import { readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { connect, type Tx, translate, withTenant } from './db.ts'

let test: TestDatabase
const [mine, theirs] = [newId(), newId()]
const add = (tx: Tx, tenantId: string) => tx.client.query('INSERT INTO counters (tenant_id, id) VALUES ($1, $2)', [tenantId, newId()])
const count = async (tenantId: string) =>
  withTenant(test.db, tenantId, async (tx) => (await tx.client.query('SELECT * FROM counters')).rowCount)

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await withTenant(test.db, mine, (tx) => add(tx, mine))
  await withTenant(test.db, theirs, (tx) => add(tx, theirs))
})
afterAll(() => test.drop())

describe('row-level security', () => {
  it('shows a transaction the rows of its tenant only, even without a filter', async () => {
    expect(await count(mine)).toBe(1)
    expect(await count(theirs)).toBe(1)
  })

  it("refuses to write another tenant's row", async () => {
    await expect(withTenant(test.db, mine, (tx) => add(tx, theirs))).rejects.toThrow(/row-level security/)
  })

  it('shows nothing without a tenant, also after a transaction that had one', async () => {
    const single = connect(test.urls.app, { max: 1 })
    await withTenant(single, mine, (tx) => tx.client.query('SELECT 1'))
    expect((await single.pool.query('SELECT * FROM counters')).rowCount).toBe(0)
    await expect(single.pool.query('INSERT INTO counters (tenant_id, id) VALUES ($1, $2)', [mine, newId()])).rejects.toThrow(
      /row-level security/,
    )
    await single.pool.end()
  })

  it('does not leak a tenant through a connection whose transaction failed', async () => {
    const single = connect(test.urls.app, { max: 1 })
    await expect(withTenant(single, theirs, (tx) => tx.client.query('SELECT no_such_column FROM counters'))).rejects.toThrow()
    expect(await withTenant(single, mine, async (tx) => (await tx.client.query('SELECT * FROM counters')).rows[0].tenant_id)).toBe(mine)
    await single.pool.end()
  })

  it('refuses a tenant that is no id before anything is sent', async () => {
    await expect(withTenant(test.db, "x'; DROP TABLE counters; --", (tx) => add(tx, mine))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('lets the application neither truncate nor make tables', async () => {
    await expect(test.db.pool.query('TRUNCATE counters')).rejects.toThrow(/permission denied/)
    await expect(test.db.pool.query('CREATE TABLE sly (id int)')).rejects.toThrow(/permission denied/)
  })

  it('is forced on every table with a tenant, with a policy and tenant-first keys', async () => {
    const { rows } = await test.owner.query(
      `SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced, EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_tenant') AS has_policy
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace`,
    )
    expect(rows.length).toBeGreaterThanOrEqual(6)
    expect(rows.filter((row) => !row.forced || !row.has_policy)).toEqual([])
  })
})

describe('errors of the database', () => {
  it('become errors that a caller can act on', async () => {
    const id = newId()
    const insert = (value: number | string) =>
      withTenant(test.db, mine, (tx) => tx.client.query('INSERT INTO counters VALUES ($1, $2, $3)', [mine, id, value]))
    await insert(1)
    await expect(insert(1)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(withTenant(test.db, mine, (tx) => tx.client.query('UPDATE counters SET value = -1'))).rejects.toMatchObject({
      code: 'INVALID',
    })
    await expect(insert('many')).rejects.toMatchObject({ code: 'INVALID' })
  })

  it('name the field whose value violates a constraint', async () => {
    const message = 'A counter of this id exists'
    const named = connect(test.urls.app, { max: 1, sentences: { counters_pkey: ['id', message, 'COUNTER_EXISTS'] } })
    const insert = (id: string) =>
      withTenant(named, mine, (tx) => tx.client.query('INSERT INTO counters (tenant_id, id) VALUES ($1, $2)', [mine, id]))
    const id = newId()
    await insert(id)
    await expect(insert(id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message,
      fields: { id: message },
      details: { reason: 'COUNTER_EXISTS' },
    })
    await named.pool.end()
  })

  it('of a silent network are thrown within the time-outs', async () => {
    const nowhere = connect('postgres://nobody:x@127.0.0.1:1/none')
    await expect(withTenant(nowhere, mine, async () => 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await nowhere.pool.end()
  })

  it('that end a connection in use, between two queries, end the transaction and not the process', async () => {
    const before = await count(mine)
    const ending = withTenant(test.db, mine, async (tx) => {
      await add(tx, mine)
      const { rows } = await tx.client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const ended = new Promise((resolve) => tx.client.once('end', resolve))
      await test.owner.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid])
      await ended
      return tx.client.query('SELECT 1')
    })
    await expect(ending).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await count(mine)).toBe(before)
  })

  it.each(['write EPIPE EPIPE', 'connect ETIMEDOUT ETIMEDOUT', 'getaddrinfo EAI_AGAIN', 'Cannot call write ERR_STREAM_DESTROYED'])(
    'of a connection that is gone can be tried again: %s',
    (text) => expect(translate(Object.assign(new Error(text), { code: text.split(' ').at(-1) }))).toMatchObject({ code: 'UNAVAILABLE' }),
  )

  it('that ends the connection within a wrapped query is one too, and what the query states about itself is not', () => {
    const wrapped = (cause: string) => translate(new Error('Failed query: SELECT $1\nparams: timeout', { cause: new Error(cause) }))
    expect(wrapped('Connection terminated unexpectedly')).toMatchObject({ code: 'UNAVAILABLE' })
    expect(wrapped('something else')).toMatchObject({ message: expect.stringContaining('Failed query') })
  })

  it('of a half-closed connection can be retried', async () => {
    const ending = withTenant(test.db, mine, async (tx) => {
      const { connection } = tx.client as unknown as { connection: { stream: Socket } }
      connection.stream.end()
      return tx.client.query('SELECT 1')
    })
    await expect(ending).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('of a table that stays locked are thrown after a time-out', async () => {
    const locker = await test.owner.connect()
    await locker.query('BEGIN; LOCK TABLE counters IN ACCESS EXCLUSIVE MODE')
    await expect(withTenant(test.db, mine, (tx) => add(tx, mine))).rejects.toMatchObject({ code: 'TIMEOUT' })
    await locker.query('ROLLBACK')
    locker.release()
  })

  it('that are deadlocks lead to a retry of the whole transaction', async () => {
    const [a, b] = [newId(), newId()]
    await withTenant(test.db, mine, (tx) => tx.client.query('INSERT INTO counters VALUES ($1, $2), ($1, $3)', [mine, a, b]))
    const bump = (tx: Tx, id: string) =>
      tx.client.query('UPDATE counters SET value = value + 1 WHERE tenant_id = $1 AND id = $2', [mine, id])
    let met = 0
    const both = Promise.withResolvers<void>()
    const cross = (first: string, second: string) =>
      withTenant(test.db, mine, async (tx) => {
        await bump(tx, first)
        if (++met >= 2) both.resolve()
        await both.promise
        await bump(tx, second)
      })
    await Promise.all([cross(a, b), cross(b, a)])
    const { rows } = await withTenant(test.db, mine, (tx) => tx.client.query('SELECT value FROM counters WHERE id = ANY($1)', [[a, b]]))
    expect(rows.map((row) => row.value)).toEqual([2, 2])
    expect(met).toBeGreaterThan(2)
  })
})

describe('a page that was damaged on the disk', () => {
  it('is refused and named as a failure of storage, and queries of other pages still work', async () => {
    await test.owner.query(
      'CREATE EXTENSION IF NOT EXISTS pg_buffercache; CREATE TABLE damaged AS SELECT n, repeat($$x$$, 500) FROM generate_series(1, 100) n',
    )
    await test.owner.query('GRANT SELECT ON damaged TO PUBLIC; CHECKPOINT')
    const { rows } = await test.owner.query<{ path: string }>(
      "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('damaged') AS path",
    )
    // The copy in memory is good. It must be dropped before the page is read from the disk.
    await test.owner.query("SELECT pg_buffercache_evict_relation('damaged')")
    flipBit(rows[0]!.path, 5_000)
    const read = (sql: string) => withTenant(test.db, mine, (tx) => tx.client.query(sql))
    await expect(read('SELECT * FROM damaged')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect((await read('SELECT * FROM counters')).rowCount).toBeGreaterThan(0)
    await test.owner.query('DROP TABLE damaged')
  })
})

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = bytes[at]! ^ 1
  writeFileSync(path, bytes)
}
