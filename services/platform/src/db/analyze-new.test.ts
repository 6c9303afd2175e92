import { expect, it } from 'vitest'
import { countersSeed } from '../../test/counters-seed.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { eventually } from '../testing/eventually.ts'
import { analyzeNew, analyzeTables } from './analyze-new.ts'

const seed = countersSeed()

it('runs ANALYZE on a table that fills up within seconds, and only once for each', async () => {
  const analyzed = async () =>
    (await seed.test.owner.query<{ n: number }>("SELECT analyze_count::int AS n FROM pg_stat_user_tables WHERE relname = 'counters'"))
      .rows[0]!.n
  expect(await analyzed()).toBe(0)
  await seed.store(newId(), ...Array.from({ length: 2_000 }, () => 1))
  const running = analyzeNew(seed.test.relayDb, createLog('test', 'silent'), () => true)
  // A connection reports its changes within ten seconds of being idle.
  await eventually(async () => expect(await analyzed()).toBe(1))
  await running.stop()
  await analyzeTables(seed.test.relayDb)
  expect(await analyzed()).toBe(1)
})
