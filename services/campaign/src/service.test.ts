import { newId } from '@renmai/platform/serve/ids'
import { openRights, unprotectedTables } from '@renmai/platform/testing/catalogue'
import { dumpTables } from '@renmai/platform/testing/database'
import { event, shuffle } from '@renmai/platform/testing/events'
import { RfmClassChangedSchema } from '@renmai/proto/analytics/v1/events'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { CustomerChangedSchema, ProfileLinkedSchema, TagAddedSchema, TagRemovedSchema } from '@renmai/proto/identity/v1/events'
import { describe, expect, it } from 'vitest'
import { NUMBERED } from '../test/numbered.ts'
import { at, campaignSeed } from '../test/seed.ts'

const seed = campaignSeed()
const TABLES = ['profile_customers', 'attribute_facts', 'tag_facts', 'behaviour_days', 'order_facts', 'rfm_facts']
const dump = () => dumpTables(seed.test, ['dirty_customers'], NUMBERED)

it('every table is behind its tenant', async () => expect(await unprotectedTables(seed.test)).toEqual([]))
it('no right in the database is open to everybody', async () => expect(await openRights(seed.test)).toEqual([]))

describe('a replay', () => {
  it('of all events, twice and shuffled, leaves every table equal', async () => {
    const people = Array.from({ length: 4 }, () => ({ customerId: newId(), profileId: newId() }))
    const tagId = newId()
    const orderId = newId()
    const events = people.flatMap((person, no) => [
      event(ProfileLinkedSchema, seed.tenant, { ...person, version: 1n }),
      event(ProfileLinkedSchema, seed.tenant, { profileId: person.profileId, customerId: people[0]!.customerId, version: 2n }),
      event(CustomerChangedSchema, seed.tenant, { ...person, attributes: [{ key: 'city', value: `a${no}`, observedAt: at(no + 1) }] }),
      event(CustomerChangedSchema, seed.tenant, { ...person, attributes: [{ key: 'city', value: `b${no}`, observedAt: at(no + 2) }] }),
      event(CustomerChangedSchema, seed.tenant, { ...person, attributes: [{ key: 'city', value: 'set', observedAt: at(1), version: 1n }] }),
      event(CustomerChangedSchema, seed.tenant, {
        ...person,
        attributes: [{ key: 'city', observedAt: at(1), version: BigInt(no), isRemoved: no > 0 }],
      }),
      event(TagAddedSchema, seed.tenant, { profileId: person.profileId, tagId, at: at(1) }),
      event(TagRemovedSchema, seed.tenant, { profileId: person.profileId, tagId, at: at(2) }),
      event(TouchpointsRecordedSchema, seed.tenant, {
        touchpoints: [{ touchpointId: newId(), profileId: person.profileId, type: 'view', channel: 'WEB', occurredAt: at(3) }],
      }),
      seed.order(person, { orderId, version: BigInt(no + 1), refundedMinor: BigInt(no) }),
      event(RfmClassChangedSchema, seed.tenant, {
        runId: newId(),
        runNumber: BigInt(no + 1),
        changes: [{ customerId: people[0]!.customerId, rfmClass: no + 1 }],
      }),
    ])
    await seed.hear(...events)
    const once = await dump()
    await seed.hear(...events)
    expect(await dump()).toEqual(once)
    for (const order of [1, 2, 3]) {
      await seed.test.owner.query(`TRUNCATE inbox, ${[...TABLES, ...NUMBERED.map(({ table }) => table)].join(', ')}`)
      await seed.hear(...shuffle(events, order))
      const again = await dump()
      for (const table of [...TABLES, ...NUMBERED.map((one) => one.table)])
        expect([table, again[table]]).toEqual([table, once[table]!.filter((row) => row.includes(seed.tenant))])
    }
  })
})
