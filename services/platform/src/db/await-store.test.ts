import { createServer, connect as dial } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { freePort } from '../testing/processes.ts'
import { awaitStore } from './await-store.ts'

const log = createLog('test', 'silent')
let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

let asked: number
let refused: number
beforeEach(() => {
  asked = 0
  refused = 0
})
const wasRefused = () => eventually(() => expect(refused).toBeGreaterThan(0))
const ask = async (url: string, text = 'SELECT 1') => {
  asked++
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(text)).rowCount
  } catch (error) {
    refused++
    throw error
  } finally {
    await client.end()
  }
}

describe('a database', () => {
  it('that starts after the service is waited for', async () => {
    const [port, there] = [await freePort(), new URL(test.urls.app)]
    const waiting = awaitStore(log, () => ask(Object.assign(new URL(test.urls.app), { port }).href))
    await wasRefused()
    const door = createServer((socket) => socket.pipe(dial(Number(there.port), there.hostname)).pipe(socket))
    door.listen(port, '127.0.0.1')
    expect(await waiting).toBe(1)
    door.close()
  })

  it('whose schema is created meanwhile is waited for', async () => {
    const waiting = awaitStore(log, () => ask(test.urls.app, 'SELECT made_later()'))
    await wasRefused()
    await test.owner.query("CREATE FUNCTION made_later() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    expect(await waiting).toBe(1)
  })

  it('that refuses the service is not tried again, and one that never starts only until a deadline', async () => {
    const stranger = Object.assign(new URL(test.urls.app), { username: 'nobody', password: 'wrong' }).href
    await expect(awaitStore(log, () => ask(stranger))).rejects.toMatchObject({ code: expect.stringMatching(/^28/) })
    expect(asked).toBe(1)
    const nowhere = Object.assign(new URL(test.urls.app), { port: await freePort() }).href
    await expect(awaitStore(log, () => ask(nowhere), 1_500)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(asked).toBeGreaterThan(2)
  })
})
