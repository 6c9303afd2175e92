import { withTenant } from '@renmai/platform/db/db'
import { keepPartitions } from '@renmai/platform/db/keep-partitions'
import { migrate } from '@renmai/platform/db/migrate'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { earlierMigrations } from '@renmai/platform/testing/earlier-migrations'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { KEY_RING } from '../../test/deps.ts'
import { engagementGraph } from '../../test/graph.ts'
import { viewed } from '../../test/seed.ts'
import { engagement } from '../service.ts'
import { ingestEvents } from './ingest-events.ts'
import { keyWeeks } from './key-weeks.rules.ts'
import { createPeople } from './people.ts'

describe('touchpoints of several months', () => {
  const seed = engagementGraph()
  /** Lets a touchpoint have come that many days ago. @returns its id */
  async function age(id: string, days: number): Promise<string> {
    await seed.test.relayDb.pool.query("SELECT ensure_partition('touchpoints', now() - $1 * interval '1 day', 'month')", [days])
    const { rows } = await seed.test.owner.query<{ id: string }>(
      "UPDATE touchpoints SET id = uuidv7($2 * interval '-1 day') WHERE id = $1 RETURNING id",
      [id, days],
    )
    return rows[0]!.id
  }
  const day = (no: number) => new Date(Date.UTC(2026, 0, no)).toISOString()
  const typesOf = (list: { nodes: { type: string }[] }) => list.nodes.map(({ type }) => type)

  it('are listed, paged, counted and found as those of one', async () => {
    const customer = newId()
    const profile = await seed.meet(customer)
    const ids = new Map<string, string>()
    for (const [type, days, at] of [
      ['a', 70, 1],
      ['b', 35, 4],
      ['c', 0, 2],
      ['d', 70, 3],
    ] as const)
      ids.set(type, await age(await seed.touch(profile, day(at), { type }), days))
    const { touchpoints } = await seed.ask('{ touchpoints { nodes { type } totalCount } }')
    expect([typesOf(touchpoints), touchpoints.totalCount]).toEqual([['c', 'b', 'd', 'a'], 4])
    const [first] = await seed.ofCustomers([customer], 'lastSeenAt touchpoints(first: 3) { nodes { type } pageInfo { endCursor } }')
    expect([typesOf(first.touchpoints), first.lastSeenAt]).toEqual([['b', 'd', 'c'], day(4)])
    const [rest] = await seed.ofCustomers(
      [customer],
      'touchpoints(first: 3, after: $c) { nodes { type } }',
      { c: first.touchpoints.pageInfo.endCursor },
      [', $c: String'],
    )
    expect(typesOf(rest.touchpoints)).toEqual(['a'])
    const { touchpoints: since } = await seed.ask(`{ touchpoints(filter: { occurredFrom: "${day(3)}" }) { nodes { type } } }`)
    expect(typesOf(since).toSorted()).toEqual(['b', 'd'])
    const representations = [{ __typename: 'Touchpoint', id: ids.get('a') }]
    const found = await seed.ask('query ($r: [_Any!]!) { _entities(representations: $r) { ... on Touchpoint { type } } }', {
      r: representations,
    })
    expect(found._entities).toEqual([{ type: 'a' }])
  })

  it('that are up to a day ahead of their receipt are found by a time from then on', async () => {
    const ahead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
    await seed.touch(await seed.meet(), ahead(23), { type: 'ahead' })
    const { touchpoints } = await seed.ask(`{ touchpoints(filter: { occurredFrom: "${ahead(22)}" }) { nodes { type } } }`)
    expect(typesOf(touchpoints)).toEqual(['ahead'])
  })

  it('end with their month when they are not kept permanently', async () => {
    const profile = await seed.meet()
    for (const [type, days] of [
      ['old', 100],
      ['new', 0],
    ] as const)
      await age(await seed.touch(profile, day(1), { type }), days)
    const owner = new pg.Client({ connectionString: seed.test.urls.owner })
    await owner.connect()
    await keepPartitions(owner, { touchpoints: 60 })
    await seed.test.relayDb.pool.query('SELECT drop_old_partitions()')
    await owner.end()
    expect(typesOf((await seed.ask('{ touchpoints { nodes { type } } }')).touchpoints)).toEqual(['new'])
  })
})

describe('the upgrade', () => {
  const INSERT = `INSERT INTO touchpoints (tenant_id, id, source_id, message_id, identity_key, type, channel, occurred_at)
    VALUES ($1, uuidv7($2 * interval '-1 day'), $3, $4, '', 'page_view', 'WEB', now())`

  async function upgrade(work: (test: TestDatabase, migrateNow: () => Promise<void>) => Promise<void>): Promise<void> {
    const earlier = earlierMigrations(engagement.migrations, '0015_touchpoint-partitions')
    const name = 'engagement_earlier'
    const test = await testDatabase(inject('postgresUrl'), { ...engagement, name, migrations: earlier.path, partitioned: [] })
    const roles = { appRole: `template_${name}_app`, relayRole: `template_${name}_relay` }
    await work(test, () => migrate(test.urls.owner, engagement.migrations, { ...engagement, ...roles }))
    await test.drop()
    earlier.remove()
  }

  it('keeps the rows and their keys, also those that replicas of the previous release store meanwhile', async () => {
    const [tenant, account] = [newId(), newId()]
    await upgrade(async (test, migrateNow) => {
      const store = (days: number, messageId: string) =>
        withTenant(test.db, tenant, (tx) => tx.client.query(INSERT, [tenant, days, account, messageId]))
      for (const [days, id] of [
        [40, 'm1'],
        [0, 'm2'],
      ] as const)
        await store(days, id)
      await migrateNow()
      await migrateNow()
      // In the next month the index of the first partition finds none of them.
      const keys = await test.owner.query('SELECT message_id, week::text FROM event_keys')
      expect(keys.rows).toEqual([{ message_id: 'm2', week: keyWeeks(new Date(), 7).own.at(-1) }])
      const deps = { db: test.db, now: () => new Date(), keyRing: KEY_RING, people: createPeople(), eventKeyDays: 7 }
      const ingest = (...nos: number[]) =>
        ingestEvents(
          deps,
          tenant,
          { id: account, channel: 'WEB' },
          nos.map((no) => viewed(no)),
        )
      const stored = async () => (await withTenant(test.db, tenant, (tx) => tx.client.query('SELECT 1 FROM touchpoints'))).rowCount
      expect(await stored()).toBe(2)
      expect(await ingest(2, 3)).toMatchObject({ accepted: 1, duplicates: 1 })
      await store(0, 'm4')
      expect(await ingest(4, 5)).toMatchObject({ accepted: 1, duplicates: 1 })
      await expect(store(0, 'm5')).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await stored()).toBe(5)
      await expect(test.db.pool.query('SELECT 1 FROM touchpoints_past')).rejects.toThrow('permission denied')
    })
  })
})
