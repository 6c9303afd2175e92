import { setTimeout as sleep } from 'node:timers/promises'
import { withTenant } from '@renmai/platform/db/db'
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
    expect(results[1]).toEqual({ messageId: 'm2', status: 'REJECTED', reason: 'INVALID_TYPE', pointer: '/events/1/type' })
    expect(await seed.ingest(account, [viewed(1), viewed(3)])).toMatchObject({ accepted: 0, duplicates: 2 })
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
    expect(asked).toHaveLength(2)
    await seed.ingest(account, [viewed(4, 1)])
    expect((await published(seed.test, TouchpointsRecordedSchema)).flatMap((one) => one.touchpoints)).toHaveLength(4)
    expect(asked).toHaveLength(2)
  })

  it("keeps identifiers sealed, and another tenant's source unknown", async () => {
    const account = await seed.source()
    await seed.ingest(account, [{ ...viewed(1), identifiers: [{ namespace: 'phone', value: '13912344321' }] }])
    expect(JSON.stringify(await dumpTables(seed.test))).not.toContain('13912344321')
    await expect(seed.ingest(account, [viewed(1)], newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('gives no claim the revision of an earlier one, even of a deleted one: another replica may still hold it', async () => {
    const account = await seed.source()
    const keep = async (no: number) => {
      await seed.ingest(account, [viewed(no, 1)])
      const { rows } = await seed.test.owner.query<{ revision: number }>('SELECT revision FROM pending_claims WHERE tenant_id = $1', [
        seed.tenant,
      ])
      return rows.map(({ revision }) => revision)
    }
    const first = await keep(1)
    const second = await keep(2)
    await seed.test.owner.query('DELETE FROM pending_claims WHERE tenant_id = $1', [seed.tenant])
    const third = await keep(3)
    expect(new Set([...first, ...second, ...third]).size).toBe(3)
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
    await eventually(async () => expect((await seed.test.owner.query(locked)).rowCount).toBe(1))
    await withTenant(seed.test.db, seed.tenant, (tx) =>
      tx.client.query('INSERT INTO profile_keys VALUES ($1, $2, $3)', [
        seed.tenant,
        personOf(seed.worker, seed.tenant, naming).key,
        newId(),
      ]),
    )
    const second = seed.ingest(account, [viewed(2, 1)])
    await sleep(300)
    await seed.test.owner.query('COMMIT')
    await Promise.all([first, second])
    const { rows } = await seed.test.owner.query('SELECT message_id FROM touchpoints WHERE tenant_id = $1 AND profile_id IS NULL', [
      seed.tenant,
    ])
    expect(rows).toEqual([{ message_id: 'm1' }])
    expect((await seed.test.owner.query('SELECT 1 FROM pending_claims WHERE tenant_id = $1', [seed.tenant])).rowCount).toBe(1)
    expect(await told()).toBe(before + 1)
  })

  it.each([[[]], [Array.from({ length: 1_001 }, () => ({}))], ['x' as never]])('refuses a batch that is none', async (events) => {
    await expect(seed.ingest(await seed.source(), events)).rejects.toMatchObject({ code: 'INVALID' })
  })
})
