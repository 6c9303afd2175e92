import { newId } from '@renmai/platform/serve/ids'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables } from '@renmai/platform/testing/database'
import { shuffle } from '@renmai/platform/testing/events'
import { expect, it } from 'vitest'
import { analyticsSeed } from '../test/seed.ts'

const seed = analyticsSeed()

it('every table is behind its tenant', async () => expect(await unprotectedTables(seed.test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(seed.test)).toEqual([]))

it('replaying every event, twice and shuffled, changes nothing', async () => {
  const [p, orderId] = [newId(), newId()]
  const events = [
    ...[1n, 2n, 3n].map((version) => seed.link(p, newId(), version)),
    ...[1n, 2n, 3n].map((version) => seed.order(p, `2026-0${version}-01T00:00:00Z`, Number(version), { orderId, version })),
    ...['2026-01-31T23:59:59Z', '2026-02-01T00:00:00Z'].map((time) => seed.touch(p, 'x', time)),
  ]
  await seed.hear(...events)
  const once = await dumpTables(seed.test)
  await seed.hear(...events)
  expect(await dumpTables(seed.test)).toEqual(once)
  for (const order of [1, 2, 3]) {
    await seed.test.owner.query('TRUNCATE inbox')
    await seed.test.owner.query('DELETE FROM events WHERE tenant_id = $1', [seed.tenant])
    for (const table of ['order_facts', 'profile_customers'])
      await seed.test.owner.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [seed.tenant])
    await seed.hear(...shuffle(events, order))
    expect(await dumpTables(seed.test)).toEqual(once)
  }
})
