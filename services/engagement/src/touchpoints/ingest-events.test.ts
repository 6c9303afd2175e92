import { withTenant } from '@renmai/platform/db/db'
import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { dumpTables } from '@renmai/platform/testing/database'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { describe, expect, it } from 'vitest'
import { engagementSeed, viewed } from '../../test/seed.ts'
import { personOf } from './people.ts'
import { resolvePending } from './resolve-pending.ts'

const seed = engagementSeed()

describe('event intake', () => {
  it('answers per event, and a rejected one does not affect the others', async () => {
    const account = await seed.source()
    const { results, accepted, duplicates, rejected } = await seed.ingest(account, [
      viewed(1),
      { ...viewed(2), type: '!' },
      viewed(1),
      viewed(3),
    ])
    expect([accepted, duplicates, rejected]).toEqual([2, 1, 1])
    expect(results[1]).toEqual({ messageId: 'm2', outcome: 'REJECTED', reason: 'INVALID_TYPE', pointer: '/events/1/type' })
    expect(await seed.ingest(account, [viewed(1), viewed(3)])).toMatchObject({ accepted: 0, duplicates: 2 })
  })

  it('takes a reference in the form of the API, of a journey, a message or a live code and of nothing else', async () => {
    const [account, id] = [await seed.source(), newId()]
    const { results } = await seed.ingest(account, [
      { ...viewed(1), referenceId: writeGlobalId('Journey', id) },
      { ...viewed(2), referenceId: writeGlobalId('Order', id) },
    ])
    const warnings = [{ reason: 'INVALID_REFERENCE', pointer: '/events/1/referenceId' }]
    expect(results).toEqual([
      { messageId: 'm1', outcome: 'ACCEPTED' },
      { messageId: 'm2', outcome: 'ACCEPTED', warnings },
    ])
    const { rows } = await seed.test.owner.query('SELECT reference_id FROM touchpoints WHERE tenant_id = $1 ORDER BY message_id', [
      seed.tenant,
    ])
    expect(rows).toEqual([{ reference_id: id }, { reference_id: null }])
  })

  it('stores a batch once that arrives several times concurrently, and new events beside stored ones', async () => {
    const account = await seed.source()
    const batch = [viewed(1), viewed(2), viewed(3)]
    const answers = await Promise.all(Array.from({ length: 6 }, () => seed.ingest(account, batch)))
    expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(3)
    expect(await seed.ingest(account, [viewed(3), viewed(4)])).toMatchObject({ accepted: 1, duplicates: 1 })
  })

  it('continues while identity is down, and attaches all events when it is back', async () => {
    const account = await seed.source()
    seed.work([resolvePending])
    expect((await seed.ingest(account, [viewed(1), viewed(2), viewed(3, 1)])).accepted).toBe(3)
    expect(await published(seed.test, TouchpointsRecordedSchema)).toEqual([])
    const asked = seed.startIdentity()
    await eventually(async () =>
      expect((await published(seed.test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)).toHaveLength(3),
    )
    // The claim of the third event may be resolved after the events are attached.
    await eventually(async () =>
      expect((await seed.test.owner.query('SELECT 1 FROM event_claims WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(0),
    )
    // Each of the two persons, however many of their events are in one request.
    const people = () => new Set(asked.map(({ externalId }) => externalId)).size
    const before = asked.length
    expect(people()).toBe(2)
    await seed.ingest(account, [viewed(4, 1)])
    expect((await published(seed.test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)).toHaveLength(4)
    expect(asked).toHaveLength(before)
  })

  it("keeps identifiers sealed, and another tenant's source unknown", async () => {
    const account = await seed.source()
    await seed.ingest(account, [{ ...viewed(1), identifiers: [{ namespace: 'phone', value: '13912344321' }] }])
    expect(JSON.stringify(await dumpTables(seed.test))).not.toContain('13912344321')
    await expect(seed.ingest(account, [viewed(1)], newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('keeps one claim for each event, so that none replaces the content of another one', async () => {
    const account = await seed.source()
    const said = (no: number, value: string) => ({ ...viewed(no, 1), attributes: [{ key: 'city', value }] })
    await seed.ingest(account, [said(1, '北京'), said(2, '上海')])
    await seed.ingest(account, [viewed(3, 1)])
    const waiting = async () => (await seed.test.owner.query('SELECT 1 FROM event_claims WHERE tenant_id = $1', [seed.tenant])).rowCount
    expect(await waiting()).toBe(3)
    seed.work([resolvePending])
    const asked = seed.startIdentity()
    await eventually(async () => expect(await waiting()).toBe(0))
    expect(asked.flatMap(({ attributes = [] }) => attributes).toSorted()).toEqual(['city=上海', 'city=北京'])
  })

  it('keeps the claim of an event that was stored just before its person became known', async () => {
    const account = await seed.source()
    const naming = {
      source: `events:${account}`,
      externalId: 'login=user-1',
      identifiers: [{ namespace: 'login', value: 'user-1', isVerified: false }],
    }
    // The lock stops inserts, so the first event has searched for its person and waits.
    await seed.test.owner.query('BEGIN; LOCK TABLE touchpoints IN SHARE MODE')
    const told = async () => (await published(seed.test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints).length
    const before = await told()
    const first = seed.ingest(account, [viewed(1)])
    const locked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    const waiting = (count: number) => eventually(async () => expect((await seed.test.owner.query(locked)).rowCount).toBe(count))
    await waiting(1)
    await withTenant(seed.test.db, seed.tenant, (tx) =>
      tx.client.query('INSERT INTO profile_keys VALUES ($1, $2, $3)', [
        seed.tenant,
        personOf(seed.worker, seed.tenant, naming).key,
        newId(),
      ]),
    )
    const second = seed.ingest(account, [viewed(2, 1)])
    await waiting(2)
    await seed.test.owner.query('COMMIT')
    await Promise.all([first, second])
    const { rows } = await seed.test.owner.query('SELECT message_id FROM touchpoints WHERE tenant_id = $1 AND profile_id IS NULL', [
      seed.tenant,
    ])
    expect(rows).toEqual([{ message_id: 'm1' }])
    expect((await seed.test.owner.query('SELECT 1 FROM event_claims WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(1)
    expect(await told()).toBe(before + 1)
  })

  it.each([[[]], [Array.from({ length: 1_001 }, () => ({}))], ['x' as never]])('refuses a batch that is none', async (events) => {
    await expect(seed.ingest(await seed.source(), events)).rejects.toMatchObject({ code: 'INVALID' })
  })
})
