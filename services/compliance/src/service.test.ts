import { newId } from '@renmai/platform/serve/ids'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables } from '@renmai/platform/testing/database'
import { deliver, shuffle } from '@renmai/platform/testing/events'
import { expect, it } from 'vitest'
import { complianceSeed } from '../test/seed.ts'
import { handlers } from './handlers.ts'

const seed = complianceSeed()

it('every table is behind its tenant', async () => expect(await unprotectedTables(seed.test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(seed.test)).toEqual([]))

it('replaying every event, twice and shuffled, leaves the mapping and the number of entries', async () => {
  const p = newId()
  const events = [seed.people.link(p, newId(), 1n), seed.people.link(p, newId(), 2n), seed.people.link(p, newId(), 3n), ...seed.actions(3)]
  await deliver(seed.test.db, 'compliance', handlers, events)
  const once = await dumpTables(seed.test)
  await deliver(seed.test.db, 'compliance', handlers, events)
  expect(await dumpTables(seed.test)).toEqual(once)
  await seed.test.owner.query('DELETE FROM inbox WHERE tenant_id = $1', [seed.tenant])
  await seed.test.owner.query('DELETE FROM profile_customers WHERE tenant_id = $1', [seed.tenant])
  await deliver(seed.test.db, 'compliance', handlers, shuffle(events.slice(0, 3), 2))
  expect((await dumpTables(seed.test)).profile_customers).toEqual(once.profile_customers)
})
