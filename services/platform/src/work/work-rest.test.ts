import { pgTable, primaryKey } from 'drizzle-orm/pg-core'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { id, tenantId } from '../db/columns.ts'
import { withTenant } from '../db/db.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { LEASED, leased } from './leased.ts'
import type { Loop } from './loop.ts'
import { createPatience } from './patience.ts'
import { queue } from './queue.ts'
import { runQueues } from './run-queues.ts'

const jobs = pgTable('jobs', { tenantId: tenantId(), id: id(), ...leased() }, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

let test: TestDatabase
let running: Loop[] = []
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
})
afterAll(() => test.drop())

const add = (tenant: string, count = 1) =>
  withTenant(test.db, tenant, async (tx) => {
    await tx.insert(jobs).values(Array.from({ length: count }, () => ({ tenantId: tenant, id: newId() })))
    tx.work.add('jobs')
  })

it('a tenant whose work took long rests, whatever wakes the queue meanwhile, and the others continue', async () => {
  const [long, short, done] = [newId(), newId(), [] as string[]]
  const entry = queue('jobs', () => ({
    name: 'jobs',
    due: [LEASED],
    rest: 1_000,
    work: async (tenant: string) => {
      if (tenant === long) await test.owner.query('SELECT pg_sleep(0.2)')
      await test.owner.query(
        'UPDATE jobs SET next_at = NULL WHERE id = (SELECT id FROM jobs WHERE tenant_id = $1 AND next_at <= now() LIMIT 1)',
        [tenant],
      )
      done.push(tenant)
      return 1
    },
  }))
  running = runQueues({ ...test, log: createLog('test', 'silent') }, [entry])
  await add(long, 2)
  await eventually(() => expect(done).toEqual([long]))
  for (let times = 1; times <= 20; times++) {
    await add(short)
    await eventually(() => expect(done.filter((one) => one === short)).toHaveLength(times))
  }
  expect(done.filter((one) => one === long)).toHaveLength(1)
})

it('a rest after long work ends by itself, and a tenant without long work has none', () => {
  let now = 0
  const patience = createPatience(() => now)
  patience.tired('one', 500)
  patience.lookAgain()
  expect([patience.restOf('one'), patience.restOf('another')]).toEqual([500, 0])
  now = 500
  expect(patience.restOf('one')).toBe(0)
})
