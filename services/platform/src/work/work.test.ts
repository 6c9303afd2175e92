import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { id, tenantId } from '../db/columns.ts'
import { type Tx, withTenant } from '../db/db.ts'
import { AppError } from '../serve/errors.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { inside } from './inside.ts'
import { LEASED, leased } from './leased.ts'
import type { Loop } from './loop.ts'
import { outside } from './outside.ts'
import { type QueueEntry, queue } from './queue.ts'
import { runQueues } from './run-queues.ts'
import type { Outcome } from './settle.ts'

const jobs = pgTable('jobs', { tenantId: tenantId(), id: id(), result: text(), ...leased() }, (t) => [
  primaryKey({ columns: [t.tenantId, t.id] }),
])
type Job = typeof jobs.$inferSelect

let test: TestDatabase
let worker: TestDatabase & { log: ReturnType<typeof createLog> }
let running: Loop[] = []
/** The first sorts before the second. */
let [first, second] = ['', '']
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), counters)
  worker = { ...test, log: createLog('test', 'silent') }
})
beforeEach(() => {
  ;[first, second] = [newId(), newId()].toSorted() as [string, string]
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
  await test.owner.query('DELETE FROM jobs')
})
afterAll(() => test.drop())

const start = (...entries: QueueEntry<typeof worker>[]) => running.push(...runQueues(worker, entries))
const add = (tenant: string, count = 1) =>
  withTenant(test.db, tenant, async (tx) => {
    const rows = Array.from({ length: count }, () => ({ tenantId: tenant, id: newId() }))
    await tx.insert(jobs).values(rows)
    tx.work.add('jobs')
    return rows.map((row) => row.id)
  })
const look = async (job: string) => (await test.owner.query('SELECT * FROM jobs WHERE id = $1', [job])).rows[0]
const finish = (result: string) => (job: Pick<Job, 'id'>) => ({
  done: (tx: Tx) => tx.client.query('UPDATE jobs SET result = $2 WHERE id = $1', [job.id, result]),
})
const calling = (
  call: (job: Job) => Promise<Outcome>,
  more: { lanes?: number; leaseSeconds?: number; batch?: number; pollMs?: number } = {},
) => outside(jobs, (_worker: typeof worker) => ({ name: 'jobs', leaseSeconds: 30, batch: 5, ...more, call }))

describe('a queue', () => {
  it("continues for others while one tenant's work fails every time", async () => {
    const failed = vi.fn()
    start(
      queue('jobs', () => ({
        name: 'jobs',
        due: [LEASED],
        work: async (tenant) => {
          if (tenant === first) {
            failed()
            throw new Error('always')
          }
          await test.owner.query("UPDATE jobs SET next_at = NULL, result = 'done' WHERE tenant_id = $1", [tenant])
          return 1
        },
      })),
    )
    await add(first)
    await eventually(() => expect(failed).toHaveBeenCalled())
    for (let count = 0; count < 30; count++) {
      const [job] = await add(second)
      await eventually(async () => expect((await look(job!)).result).toBe('done'))
    }
    // Its work is tried less and less often, however often the work of others runs.
    expect(failed.mock.calls.length).toBeLessThan(15)
  })

  it('gives one tenant half of its lanes, whatever they are held by', async () => {
    const [began, gate] = [[] as string[], Promise.withResolvers<void>()]
    start(
      calling(
        async (job) => {
          began.push(job.tenantId)
          if (job.tenantId === first) await gate.promise
          return finish('done')(job)
        },
        { lanes: 4, batch: 1 },
      ),
    )
    await add(first, 8)
    await eventually(() => expect(began).toEqual([first, first]))
    const [job] = await add(second)
    await eventually(async () => expect((await look(job!)).result).toBe('done'))
    expect(began).toEqual([first, first, second])
    gate.resolve()
    await eventually(() => expect(began.filter((one) => one === first)).toHaveLength(8))
  })

  it('is woken by the transaction that adds the work, not by polling', async () => {
    start(calling(async (job) => finish('done')(job), { pollMs: 3_600_000 }))
    for (let times = 0; times < 2; times++) {
      const [job] = await add(first)
      await eventually(async () => expect((await look(job!)).result).toBe('done'))
    }
  })

  it('begins work that was due later when its time comes', async () => {
    start(calling(async (job) => finish('done')(job), { pollMs: 3_600_000 }))
    const [job] = await withTenant(test.db, first, async (tx) => {
      const row = { tenantId: first, id: newId() }
      await tx.insert(jobs).values(row)
      await tx.client.query("UPDATE jobs SET next_at = now() + interval '700 milliseconds'")
      tx.work.add('jobs')
      return [row.id]
    })
    await eventually(async () => expect((await look(job!)).result).toBe('done'))
  })
})

describe('work outside', () => {
  it.each<[string, () => Promise<Outcome>, object]>([
    ['later', async () => ({ later: 'BUSY' }), { problem: 'BUSY', parked_at: null, next_at: expect.any(Date), attempts: 1 }],
    ['parked', async () => ({ parked: 'GONE' }), { problem: 'GONE', parked_at: expect.any(Date), next_at: null }],
    ['unknown', async () => ({ unknown: 'NO_ANSWER' }), { problem: 'UNKNOWN: NO_ANSWER', parked_at: expect.any(Date), next_at: null }],
    [
      'refused',
      () => Promise.reject(new AppError('INVALID', 'No')),
      { problem: 'INVALID: No', parked_at: expect.any(Date), next_at: null },
    ],
    ['a fault', () => Promise.reject(new TypeError('secret')), { problem: 'TypeError', parked_at: null, next_at: expect.any(Date) }],
  ])('that ends %s stays with its reason', async (_name, call, expected) => {
    start(calling(call))
    const [job] = await add(first)
    await eventually(async () => expect(await look(job!)).toMatchObject({ ...expected, attempt_id: null, result: null }))
  })

  it('is tried again when its effects cannot be committed', async () => {
    let calls = 0
    start(
      calling(async (job) => {
        const isFirst = calls++ === 0
        return { done: (tx) => (isFirst ? tx.client.query('SELECT 1 / 0') : finish('done')(job).done(tx)) }
      }),
    )
    const [job] = await add(first)
    await eventually(async () => expect((await look(job!)).result).toBe('done'))
    expect(calls).toBe(2)
  })

  it('whose lease ran out is recorded by the attempt that took over, and only by it', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let calls = 0
    start(
      calling(async (job) => {
        const no = calls++
        await gates[no]!.promise
        return finish(`attempt ${no + 1}`)(job)
      }),
    )
    const [job] = await add(first)
    await eventually(() => expect(calls).toBe(1))
    await test.owner.query("UPDATE jobs SET next_at = now() - interval '1 second'")
    running.push(...runQueues(worker, [calling(async (taken) => (calls++, finish('attempt 2')(taken)))]))
    await eventually(async () => expect((await look(job!)).result).toBe('attempt 2'))
    gates[0]!.resolve()
    await Promise.all(running.map((one) => one.stop()))
    expect((await look(job!)).result).toBe('attempt 2')
  })

  it('is done once by several processes', async () => {
    const done: string[] = []
    const entry = calling(async (job) => (done.push(job.id), finish('done')(job)))
    for (let no = 0; no < 3; no++) start(entry)
    const all = await add(first, 40)
    await eventually(async () => expect((await test.owner.query("SELECT FROM jobs WHERE result = 'done'")).rowCount).toBe(40))
    expect(done.toSorted()).toEqual(all.toSorted())
  })
})

describe('work inside', () => {
  const entry = (poison: string) =>
    inside('jobs', (_worker: typeof worker) => ({
      name: 'jobs',
      due: [LEASED],
      claim: async (tx, ids) => {
        const { rows } = await tx.client.query<{ id: string; attempts: number }>(
          'SELECT id, attempts FROM jobs WHERE tenant_id = $1 AND next_at <= now() AND ($2::uuid[] IS NULL OR id = ANY($2)) FOR UPDATE SKIP LOCKED',
          [tx.tenantId, ids ?? null],
        )
        return rows
      },
      carryOut: async (tx, rows) => {
        if (rows.some((row) => row.id === poison)) throw new Error('poison')
        await tx.client.query("UPDATE jobs SET next_at = NULL, result = 'done' WHERE id = ANY($1)", [rows.map((row) => row.id)])
      },
    }))

  it('that always fails does not delay other rows and is finally parked', async () => {
    const all = await add(first, 6)
    start(entry(all[2]!))
    await eventually(async () => expect((await test.owner.query("SELECT FROM jobs WHERE result = 'done'")).rowCount).toBe(5))
    await eventually(async () => expect(await look(all[2]!)).toMatchObject({ attempts: 1, problem: 'Error', parked_at: null }))
    await test.owner.query('UPDATE jobs SET attempts = 7, next_at = now() WHERE id = $1', [all[2]])
    await withTenant(test.db, first, async (tx) => void tx.work.add('jobs'))
    await eventually(async () => expect(await look(all[2]!)).toMatchObject({ next_at: null, parked_at: expect.any(Date) }))
  })
})
