import { withTenant } from '@renmai/platform/db/db'
import { keepPartitions } from '@renmai/platform/db/keep-partitions'
import { newId } from '@renmai/platform/serve/ids'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { ingestEvents } from './ingest-events.ts'
import { keyWeeks } from './key-weeks.rules.ts'
import { takeEventKeys } from './take-event-keys.ts'

const seed = engagementSeed()
const DAY_MS = 86_400_000

/** Moves all keys into an earlier week, as time would. */
const age = (weeks: number) => seed.test.owner.query('UPDATE event_keys SET week = week - 7 * $1::int', [weeks])
const partitions = async (table: string) => {
  const { rows } = await seed.test.owner.query<{ part: string }>('SELECT part::text FROM partition_ranges($1::regclass) ORDER BY 1', [
    table,
  ])
  return rows.map(({ part }) => part)
}
const drop = () => seed.test.relayDb.pool.query('SELECT drop_old_partitions()')

describe('a repeated event', () => {
  it('is found in the week after its own, beside events of this week and new ones', async () => {
    const account = await seed.source()
    await seed.ingest(account, [viewed(1)])
    await age(1)
    await seed.ingest(account, [viewed(2)])
    expect(await seed.ingest(account, [viewed(1), viewed(2), viewed(3)])).toMatchObject({ accepted: 1, duplicates: 2 })
    expect(await seed.ingest(await seed.source(), [viewed(1)])).toMatchObject({ accepted: 1 })
  })

  it('is a new one after the window, whether its week was dropped or not', async () => {
    const [account, owner] = [await seed.source(), new pg.Client({ connectionString: seed.test.urls.owner })]
    await owner.connect()
    try {
      await keepPartitions(owner, { event_keys: 7 })
      await seed.ingest(account, [viewed(1)])
      await age(2)
      expect(await seed.ingest(account, [viewed(1)])).toMatchObject({ accepted: 1 })
      const before = await partitions('event_keys')
      await drop()
      expect(await partitions('event_keys')).toHaveLength(before.length - 1)
      expect((await owner.query("SELECT 1 FROM partition_ranges('event_keys') WHERE to_time <= now() - interval '7 days'")).rowCount).toBe(
        0,
      )
      await age(1)
      await drop()
      expect(await seed.ingest(account, [viewed(1)])).toMatchObject({ duplicates: 1 })
    } finally {
      await owner.end()
    }
  })

  it('is found when the first one is not committed as its week ends', async () => {
    const [sunday, monday] = ['2026-12-06T23:59:59.990Z', '2026-12-07T00:00:00.010Z'].map((at) => keyWeeks(new Date(at), 7)) as [
      ReturnType<typeof keyWeeks>,
      ReturnType<typeof keyWeeks>,
    ]
    const account = newId()
    const take = (weeks: typeof sunday, until?: Promise<unknown>) =>
      withTenant(seed.test.db, seed.tenant, async (tx) => {
        const fresh = await takeEventKeys(tx, weeks, account, ['m1'], 'SOME')
        stored()
        await until
        return fresh
      })
    let stored = () => {}
    const isStored = new Promise<void>((resolve) => (stored = resolve))
    let commit = () => {}
    const first = take(sunday, new Promise<void>((resolve) => (commit = resolve)))
    await isStored
    const second = take(monday)
    const early = await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))])
    commit()
    expect([await first, early, await second]).toEqual([['m1'], 'waits', []])
  })
})

describe('an event of another time', () => {
  it.each([
    ['1990', new Date('1990-01-01T00:00:00Z')],
    ['23 hours ahead', new Date(Date.now() + 23 * 3_600_000)],
  ])('of %s is stored with those of today, makes no partition and is found to be repeated', async (_title, at) => {
    const account = await seed.source()
    const [touchpoints, keys] = [await partitions('touchpoints'), await partitions('event_keys')]
    const event = { ...viewed(1), occurredAt: at.toISOString() }
    expect(await seed.ingest(account, [event])).toMatchObject({ accepted: 1 })
    await age(1)
    expect(await seed.ingest(account, [event])).toMatchObject({ duplicates: 1 })
    expect([await partitions('touchpoints'), await partitions('event_keys')]).toEqual([touchpoints, keys])
    const { rows } = await seed.test.owner.query(
      'SELECT tableoid::regclass::text AS part, occurred_at FROM touchpoints WHERE tenant_id = $1',
      [seed.tenant],
    )
    expect(rows).toEqual([{ part: expect.stringMatching(/^touchpoints_\d{8}$/), occurred_at: at }])
  })

  it.each([
    ['the day before 1990', '1989-12-31T23:59:59Z', 'TOO_OLD'],
    ['25 hours ahead', new Date(Date.now() + 25 * 3_600_000).toISOString(), 'IN_THE_FUTURE'],
  ])('of %s is refused with its reason', async (_title, occurredAt, reason) => {
    const { results } = await seed.ingest(await seed.source(), [{ ...viewed(1), occurredAt }])
    expect(results).toEqual([{ messageId: 'm1', outcome: 'REJECTED', reason, pointer: '/events/0/occurredAt' }])
  })
})

it('in the first minutes of a week the keys of a batch are in both weeks, and repeated events in the same batches are found', async () => {
  const account = await seed.source()
  const now = new Date(Math.floor((Date.now() - 4 * DAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + 11 * DAY_MS + 1_000)
  const at = { ...seed.worker, now: () => now }
  const ingest = (...events: ReturnType<typeof viewed>[]) => ingestEvents(at, seed.tenant, { id: account, channel: 'WEB' }, events)
  expect(await ingest(viewed(1), viewed(2))).toMatchObject({ accepted: 2 })
  expect(await ingest(viewed(2), viewed(3))).toMatchObject({ accepted: 1, duplicates: 1 })
  const { rows } = await seed.test.owner.query(
    'SELECT count(*)::int AS n, count(DISTINCT week)::int AS weeks FROM event_keys WHERE tenant_id = $1',
    [seed.tenant],
  )
  expect(rows).toEqual([{ n: 6, weeks: 2 }])
})
