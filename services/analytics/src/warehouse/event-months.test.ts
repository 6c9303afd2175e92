import { readFileSync } from 'node:fs'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { makePartitions } from '@renmai/platform/db/partitions'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { CouponRedeemedSchema } from '@renmai/proto/campaign/v1/events'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { handlers } from '../handlers.ts'
import { analytics } from '../service.ts'

let test: TestDatabase
const tenant = newId()
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), analytics)
})
afterAll(() => test.drop())

const partitions = async () => {
  const { rows } = await test.owner.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1",
  )
  return rows.map(({ name }) => name)
}
const viewedAt = (time: Date) => ({
  touchpointId: newId(),
  profileId: newId(),
  type: 'page_view',
  channel: 'WEB',
  occurredAt: timestampFromDate(time),
})

it('events of distant centuries create no partition; all are stored, those of today in their month', async () => {
  const before = await partitions()
  const times = [...Array.from({ length: 300 }, (_, month) => new Date(Date.UTC(1000, month, 1))), new Date()]
  await deliver(test.db, 'analytics', handlers, [event(TouchpointsRecordedSchema, tenant, { touchpoints: times.map(viewedAt) })])
  expect(await partitions()).toEqual(before)
  const { rows } = await test.owner.query(
    "SELECT count(*) AS kept, count(*) FILTER (WHERE tableoid <> 'events_default'::regclass) AS in_months FROM events WHERE tenant_id = $1",
    [tenant],
  )
  expect(rows).toEqual([{ kept: 301, in_months: 1 }])
})

it('partitions of months are created ahead repeatedly; one that comes late takes its events out of the default partition', async () => {
  const before = await partitions()
  const month = before.filter((name) => name !== 'events_default').at(-1)!
  await test.owner.query(`DROP TABLE ${month}`)
  const id = newId()
  await test.owner.query(
    `INSERT INTO events (tenant_id, occurred_at, id, type, channel) VALUES ($1, to_date(right('${month}', 8), 'YYYYMMDD') + interval '1 day', $2, 'x', 'y')`,
    [tenant, id],
  )
  await makePartitions((text, values) => test.relayDb.pool.query(text, values), analytics.partitioned)
  expect(await partitions()).toEqual(before)
  expect(before.length).toBeGreaterThan(24)
  const { rows } = await test.owner.query('SELECT tableoid::regclass::text AS name FROM events WHERE id = $1', [id])
  expect(rows).toEqual([{ name: month }])
})

it('the migration moves events of months outside the window into the default partition', async () => {
  const id = newId()
  await test.owner.query("SELECT ensure_partition('events', '1500-03-01', 'month')")
  await test.owner.query("INSERT INTO events (tenant_id, occurred_at, id, type, channel) VALUES ($1, '1500-03-05', $2, 'x', 'y')", [
    tenant,
    id,
  ])
  expect(await partitions()).toContain('events_15000301')
  const move = readFileSync(new URL('../../migrations/0004_event_months.sql', import.meta.url), 'utf8')
    .split('--> statement-breakpoint')
    .at(-1)!
  await test.owner.query(move)
  expect(await partitions()).not.toContain('events_15000301')
  const { rows } = await test.owner.query('SELECT tableoid::regclass::text AS name FROM events WHERE id = $1', [id])
  expect(rows).toEqual([{ name: 'events_default' }])
})

it('a coupon is counted when its order has only a number of the shop', async () => {
  const couponId = newId()
  const used = { couponId, profileId: newId(), orderId: 'order2', discountMinor: 1n, currency: 'CNY', at: timestampFromDate(new Date()) }
  await deliver(test.db, 'analytics', handlers, [event(CouponRedeemedSchema, tenant, used)])
  const { rows } = await test.owner.query('SELECT type, reference_id FROM events WHERE id = $1', [couponId])
  expect(rows).toEqual([{ type: 'coupon_redeemed', reference_id: null }])
})
