import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { withTenant } from './db.ts'
import { together } from './together.ts'

let test: TestDatabase
const tenant = newId()
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  await test.owner.query('CREATE TABLE marks (no int PRIMARY KEY, of int REFERENCES marks (no)); GRANT ALL ON marks TO PUBLIC')
})
afterAll(() => test.drop())

const insert = (no: number, of: number | null = null) => ['INSERT INTO marks VALUES ($1, $2)', [no, of]] as [string, unknown[]]
const count = async () => Number((await test.owner.query('SELECT count(*) AS n FROM marks')).rows[0].n)

it('sends every statement before the first answer, and gives the answers in the order of the works', async () => {
  const long = `SELECT 2 AS n, ${"' '".repeat(5_000)} AS filler`
  const [first, second, written] = await withTenant(test.db, tenant, (tx) => {
    const { stream } = (tx.client as unknown as { connection: { stream: Socket } }).connection
    const before = stream.bytesWritten
    return together(tx, () => [
      tx.client.query('SELECT pg_sleep(0.2), 1 AS n').then(({ rows }) => rows[0].n),
      tx.client.query(long).then(({ rows }) => rows[0].n),
      setImmediate().then(() => stream.bytesWritten - before),
    ])
  })
  expect([first, second]).toEqual([1, 2])
  expect(written).toBeGreaterThan(long.length)
})

it('has the database execute the statements in the order in which they are sent', async () => {
  await withTenant(test.db, tenant, (tx) => together(tx, () => [tx.client.query(...insert(1)), tx.client.query(...insert(2, 1))]))
  expect(await count()).toBe(2)
})

it('throws the error that the database found first, when all have ended, and leaves the connection usable', async () => {
  const before = await count()
  const ended: string[] = []
  const failing = withTenant(test.db, tenant, (tx) =>
    together(tx, () => [
      tx.client.query(...insert(10)),
      tx.client.query(...insert(11, 999)),
      tx.client.query(...insert(12)).finally(() => ended.push('after the error')),
      new Promise<void>((resolve) => setTimeout(resolve, 50)).finally(() => ended.push('elsewhere')),
    ]),
  )
  await expect(failing).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'Refers to something that does not exist' })
  expect(ended).toEqual(['after the error', 'elsewhere'])
  expect(await count()).toBe(before)
  // The same connection: the pool has no other one that is idle.
  expect(await withTenant(test.db, tenant, async (tx) => (await tx.client.query('SELECT 3 AS n')).rows[0].n)).toBe(3)
})

it('may be used inside of itself', async () => {
  const before = await count()
  await withTenant(test.db, tenant, (tx) =>
    together(tx, () => [
      together(tx, () => [tx.client.query(...insert(20)), tx.client.query(...insert(21, 20))]),
      tx.client.query(...insert(22, 21)),
    ]),
  )
  expect(await count()).toBe(before + 3)
})
