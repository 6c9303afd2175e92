import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { databaseClock } from './database-clock.ts'

let test: TestDatabase

beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterAll(() => test.drop())

it("the time is the database's, whatever the clock of the machine shows, and does not jump with it", async () => {
  const offBy = async (now: () => Date) => {
    const { rows } = await test.owner.query<{ now: Date }>('SELECT clock_timestamp() AS now')
    return Math.abs(now().getTime() - rows[0]!.now.getTime())
  }
  const hours = (count: number) => vi.setSystemTime(Date.now() + count * 3_600_000)
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    hours(2)
    const { now, refreshing } = await databaseClock(test.db, createLog('test', 'silent'))
    expect(await offBy(now)).toBeLessThan(1_000)
    hours(-4)
    expect(await offBy(now)).toBeLessThan(1_000)
    await refreshing.stop()
  } finally {
    vi.useRealTimers()
  }
})
