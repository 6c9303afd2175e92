import pg from 'pg'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { createLog } from '../serve/log.ts'
import { serveMetrics } from '../serve/serve-metrics.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { maintainPartitions } from './partitions.ts'

const DAY_S = 86_400
let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

it('the leader creates partitions, and measures until when there are some and how many rows have none', async () => {
  const metrics = (await serveMetrics('127.0.0.1', 0))!
  const log = createLog('test', 'silent')
  const service = 'partitioned'
  const measure = async (name: string, table: string) => {
    const text = await (await fetch(metrics.url)).text()
    const line = text
      .split('\n')
      .find((one) => one.startsWith(`renmai_partitions_${name}{`) && one.includes(service) && one.includes(`"${table}"`))
    return line === undefined ? undefined : Number(/\} (\S+)/.exec(line)![1])
  }
  const owner = new pg.Client({ connectionString: test.urls.owner })
  await owner.connect()
  await owner.query('CREATE TABLE logs (tenant_id uuid NOT NULL, day date NOT NULL) PARTITION BY RANGE (day)')
  await owner.query('CREATE TABLE logs_default PARTITION OF logs DEFAULT')
  await owner.query("INSERT INTO logs SELECT uuidv7(), '2000-01-01' FROM generate_series(1, 3)")
  await owner.end()
  const tables = [{ table: 'logs', unit: 'day', ahead: 3 }] as const
  const run = (isLeader: boolean) => maintainPartitions({ relayDb: test.relayDb, log, service, tables }, () => isLeader)

  await run(false).stop()
  expect(await measure('until_seconds', 'logs')).toBeUndefined()
  const duty = run(true)
  const days = async (table: string) => ((await measure('until_seconds', table)) ?? 0) / DAY_S - Date.now() / 1_000 / DAY_S
  await eventually(async () => expect(await days('inbox')).toBeGreaterThan(3))
  await eventually(async () => expect(await days('logs')).toBeGreaterThan(3))
  await eventually(async () => {
    duty.wake()
    expect(await measure('default_rows', 'logs')).toBe(3)
  })
  await duty.stop()
  await metrics.stop()
})
