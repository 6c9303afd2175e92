import { eventually } from '@renmai/platform/testing/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FAULTS } from '../../chaos/faults.ts'
import { runChaos } from '../../chaos/run-chaos.ts'
import { SERVICES } from '../../compose-supergraph.ts'
import { startWhole, type Whole } from '../whole.ts'

const DEATHS = ['kill-service', 'freeze-service', 'crash-committed', 'crash-accepted', 'kill-nats', 'kill-postgres']

it('three processes of each part, under load and while parts die, lose nothing and do nothing twice', async () => {
  const lines: string[] = []
  const faults = FAULTS.filter(({ name }) => DEATHS.includes(name))
  expect(faults).toHaveLength(DEATHS.length)
  const { wrong, events, mails, tags } = await runChaos({
    seed: 41,
    seconds: 15,
    replicas: 3,
    faults,
    tell: (line) => void lines.push(line),
  })
  expect(wrong, lines.join('\n')).toEqual([])
  expect(Math.min(events / 20, mails, tags)).toBeGreaterThan(20)
})

describe('two of each part', () => {
  let whole: Whole
  beforeAll(async () => {
    whole = await startWhole({ replicas: 2 })
  })
  afterAll(() => whole.stop())

  /** Number of sessions that hold the leader's lock, in each database. */
  const leaders = async (): Promise<Record<string, number>> => {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: whole.platform.endpoints.postgres })
    await client.connect()
    const { rows } = await client.query<{ name: string; count: number }>(
      `SELECT d.datname AS name, count(*)::int AS count FROM pg_locks l JOIN pg_database d ON d.oid = l.database
       WHERE l.locktype = 'advisory' AND l.objid = 7246002 AND l.granted GROUP BY 1`,
    )
    await client.end()
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
  }
  const one = Object.fromEntries(SERVICES.map((name) => [name, 1]))

  it('have one leader, and another one when that one dies', async () => {
    await eventually(async () => expect(await leaders()).toEqual(one))
    // Both are killed, one after the other: the leader is among them.
    for (const name of ['identity', 'identity-2']) {
      const child = whole.platform.children.find((each) => each.name === name)!
      child.process.kill('SIGKILL')
      await eventually(async () => expect(await leaders()).toEqual(one))
      await whole.platform.restart(name)
    }
  })

  it('answer together: with one of each gone, no request fails', async () => {
    const count = () => whole.client.query<{ customers: { totalCount: number } }>('{ customers { totalCount } }')
    await count()
    for (const name of [...SERVICES, 'gateway']) whole.platform.children.find((each) => each.name === `${name}-2`)!.process.kill('SIGTERM')
    for (let no = 0; no < 40; no++) expect((await count()).customers.totalCount).toBe(0)
  })
})
