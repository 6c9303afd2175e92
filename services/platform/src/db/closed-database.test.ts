import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { newId } from '../serve/ids.ts'
import { openRights } from '../testing/catalogue.ts'
import { migrate } from './migrate.ts'
import { type DatabaseUrls, provisionDatabase } from './provision.ts'

const names = ['one', 'two'].map((name) => `${name}_${newId().slice(-12)}`)
let urls: DatabaseUrls[]
let owner: pg.Client
beforeAll(async () => {
  urls = []
  for (const name of names) urls.push(await provisionDatabase(inject('postgresUrl'), name, () => 'test'))
  for (const no of [0, 1]) await run(no)
  owner = new pg.Client({ connectionString: urls[0]!.owner })
  await owner.connect()
})
afterAll(() => owner.end())

const run = (no: number) => {
  const { migrations, queues } = counters
  return migrate(urls[no]!.owner, migrations, { appRole: `${names[no]}_app`, relayRole: `${names[no]}_relay`, queues, appendOnly: [] })
}
async function asRole<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
const open = () => openRights({ owner } as never)

describe('a database of a service', () => {
  it('is entered by its own roles only', async () => {
    const foreign = Object.assign(new URL(urls[1]!.app), { pathname: `/${names[0]}` }).href
    await expect(asRole(foreign, (client) => client.query('SELECT 1'))).rejects.toThrow('permission denied for database')
    expect(await asRole(urls[0]!.app, async (client) => (await client.query('SELECT 1 AS n')).rows)).toEqual([{ n: 1 }])
  })

  it.each([
    "SELECT ensure_partition('inbox', now() + '999 days', 'day')",
    'SELECT drop_old_partitions()',
    'CREATE TABLE mine ()',
    'CREATE TEMPORARY TABLE mine ()',
  ])('lets the application run no %s', async (statement) => {
    await expect(asRole(urls[0]!.app, (client) => client.query(statement))).rejects.toThrow('permission denied')
  })

  it('lets the relay create and drop the partitions that it maintains', async () => {
    const relay = (statement: string) => asRole(urls[0]!.relay, (client) => client.query(statement))
    await relay("SELECT ensure_partition('inbox', now() + '2 days', 'day')")
    await relay('SELECT drop_old_partitions()')
  })

  it('is closed again by the next migration after it was opened by hand', async () => {
    expect(await open()).toEqual([])
    for (const change of [
      'GRANT EXECUTE ON FUNCTION drop_old_partitions() TO PUBLIC',
      `GRANT EXECUTE ON FUNCTION drop_old_partitions() TO ${names[0]}_app`,
      `GRANT CONNECT ON DATABASE ${names[0]} TO PUBLIC`,
      "CREATE OR REPLACE FUNCTION anything() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION anything() TO PUBLIC",
      `REVOKE EXECUTE ON FUNCTION ensure_partition FROM ${names[0]}_relay`,
      `REVOKE CONNECT ON DATABASE ${names[0]} FROM ${names[0]}_app`,
    ]) {
      await owner.query(change)
      await run(0)
      expect(await open(), change).toEqual([])
      expect((await asRole(urls[0]!.app, (client) => client.query('SELECT 1'))).rowCount, change).toBe(1)
      await asRole(urls[0]!.relay, (client) => client.query("SELECT ensure_partition('inbox', now() + '2 days', 'day')"))
    }
  })

  it('grants no role a function that is created later', async () => {
    await owner.query("CREATE FUNCTION later() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
    expect(await open()).toEqual([])
  })
})
