import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { newId } from '@renmai/platform/serve/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { proposeByModel } from '../../../services/identity/src/match-models/propose-by-model.ts'
import { trainMatchModel } from '../../../services/identity/src/match-models/train-match-model.ts'
import { resolve } from '../../../services/identity/test/fixture.ts'
import { finishJobs, registerFields, useModel } from '../../../services/identity/test/matching.ts'
import { identitySeed } from '../../../services/identity/test/seed.ts'
import { ROOT } from '../../stack/paths.ts'

const seed = identitySeed()
beforeEach(() => registerFields(seed))

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts a process that works on jobs. @param crashAt the crash point at which it kills itself */
function startWorker(...crashAt: string[]): ChildProcess {
  const { app, relay } = seed.test.urls
  const file = `${ROOT}services/identity/test/kill/match-worker.ts`
  const child = spawn(process.execPath, [file, app, relay, ...crashAt], { stdio: ['ignore', 'ignore', 'inherit'] })
  children.push(child)
  return child
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
}

/** Kills a worker when a query has a row. */
async function killWhen(child: ChildProcess, sql: string): Promise<void> {
  const isTrue = async () => expect((await seed.test.owner.query(sql)).rowCount).toBeGreaterThan(0)
  await eventually(isTrue)
  child.kill('SIGKILL')
  await ended(child)
}

/** Ends the leases of a dead worker. */
async function endLeases(): Promise<void> {
  for (const table of ['match_jobs', 'match_records'])
    await seed.test.owner.query(`UPDATE ${table} SET next_at = now() - interval '1 second' WHERE attempt_id IS NOT NULL`)
}

const jobs = async () =>
  (
    await seed.test.owner.query(
      'SELECT kind, state, queued, done, total, failures, error_code AS "errorCode" FROM match_jobs WHERE tenant_id = $1 ORDER BY created_at, id',
      [seed.tenant],
    )
  ).rows
const finished = (kind: string) =>
  eventually(async () => expect((await jobs()).at(-1)).toMatchObject({ kind, state: 'COMPLETED', queued: 600, done: 600 }))
const count = async (sql: string) => (await seed.test.owner.query(sql, [seed.tenant])).rows

const FAMILIES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'.split('')
const GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚'.split('')

/** Two profiles of each of 300 people, of two sources and without a common identifier. */
async function meetPeople(): Promise<void> {
  const claims = Array.from({ length: 300 }, (_none, no) => {
    const name = FAMILIES[no % 20]! + GIVEN[Math.floor(no / 20) % 20]! + GIVEN[(no * 7) % 20]!
    const birthday = `${1950 + ((no * 13) % 50)}-0${1 + ((no * 5) % 9)}-${10 + ((no * 3) % 19)}`
    const attributes = { birthday, city: ['杭州', '成都', '武汉'][no % 3]! }
    return ['shop', 'crm'].map((source) => ({ source, externalId: newId(), name, attributes }))
  }).flat()
  for (let no = 0; no < claims.length; no += 200) await resolve(seed.test, seed.tenant, claims.slice(no, no + 200))
}

it('a training that is killed in a page, between pages and while its model is stored goes on, and makes one model', async () => {
  await meetPeople()
  await trainMatchModel(seed.context(), { idempotencyKey: key() })

  await ended(startWorker('uncommitted'))
  expect(await jobs()).toMatchObject([{ kind: 'TRAIN', state: 'RUNNING', queued: 0, done: 0 }])
  await endLeases()

  await killWhen(startWorker(), 'SELECT 1 FROM match_jobs WHERE queued = 500')
  await endLeases()

  // The lock stops the transaction that stores the model.
  await seed.test.owner.query('BEGIN; LOCK TABLE match_models IN SHARE MODE')
  await killWhen(startWorker(), "SELECT 1 FROM pg_locks WHERE relation = 'match_models'::regclass AND NOT granted")
  await seed.test.owner.query('COMMIT')
  expect(await count('SELECT 1 FROM match_models WHERE tenant_id = $1')).toEqual([])
  expect(await jobs()).toMatchObject([{ state: 'RUNNING', queued: 600, done: 600 }])
  await endLeases()

  startWorker()
  await finished('TRAIN')
  expect(await jobs()).toHaveLength(1)
  expect(await count('SELECT number, state, profiles FROM match_models WHERE tenant_id = $1')).toEqual([
    { number: 1, state: 'PROPOSED', profiles: 600 },
  ])
  const drawn = await count('SELECT count(*)::int AS n, count(DISTINCT model_id)::int AS models FROM match_samples WHERE tenant_id = $1')
  expect(drawn).toMatchObject([{ n: expect.any(Number), models: 1 }])
  expect(drawn[0].n).toBeGreaterThan(0)
})

it('a job that proposes pairs and is killed again and again proposes what it proposes without, each pair once', async () => {
  const propose = async () => {
    await meetPeople()
    await useModel(seed)
    await proposeByModel(seed.context(), { idempotencyKey: key() })
  }
  const cases = () =>
    count(`SELECT count(*)::int AS n, count(DISTINCT (least(customer_a, customer_b), greatest(customer_a, customer_b)))::int AS pairs
      FROM review_cases WHERE tenant_id = $1 AND reason = 'PROBABLE_MATCH'`)
  await propose()
  await finishJobs(seed)
  const expected = await cases()
  expect(expected[0].n).toBeGreaterThan(200)

  seed.tenant = newId()
  await registerFields(seed)
  await propose()
  await ended(startWorker('uncommitted'))
  await endLeases()
  for (const least of [1, 60, 150, 240]) {
    await killWhen(startWorker(), `SELECT 1 FROM review_cases WHERE tenant_id = '${seed.tenant}' HAVING count(*) >= ${least}`)
    await endLeases()
  }
  startWorker()
  await finished('PROPOSE')
  expect(await cases()).toEqual(expected)
  expect(expected[0].pairs).toBe(expected[0].n)
})
