import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { deliver, event } from '@renmai/platform/testing/events'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { handlers } from '../handlers.ts'
import { analytics } from '../service.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), analytics)
})
afterAll(() => test.drop())

it('what a touchpoint was about is stored in columns of its types; an amount without a currency is none', async () => {
  const tenant = newId()
  const seen = (type: string) => ({
    touchpointId: newId(),
    profileId: newId(),
    type,
    channel: 'WEB',
    occurredAt: timestampFromDate(new Date()),
  })
  const properties = {
    productId: 'P-1',
    amountMinor: 1999n,
    currency: 'CNY',
    campaignRef: 'spring',
    urlPath: '/p/1',
    durationS: 65,
    extras: [
      { key: 'is_gift', value: { case: 'boolean' as const, value: false } },
      { key: 'slot', value: { case: 'time' as const, value: timestampFromDate(new Date('2026-02-03T02:00:00Z')) } },
    ],
  }
  const touchpoints = [{ ...seen('a'), properties }, { ...seen('b'), properties: { sku: 'S', amountMinor: 5n } }, seen('c')]
  await deliver(test.db, 'analytics', handlers, [event(TouchpointsRecordedSchema, tenant, { touchpoints })])
  const { rows } = await test.owner.query(
    `SELECT product_id, sku, category_id, amount_minor, currency, campaign_ref, content_id, url_path, duration_s, extras
     FROM events WHERE tenant_id = $1 ORDER BY type`,
    [tenant],
  )
  const nothing = Object.fromEntries(Object.keys(rows[2]).map((column) => [column, null]))
  expect(rows.map((row) => ({ ...row, amount_minor: row.amount_minor === null ? null : Number(row.amount_minor) }))).toEqual([
    {
      ...nothing,
      product_id: 'P-1',
      amount_minor: 1999,
      currency: 'CNY',
      campaign_ref: 'spring',
      url_path: '/p/1',
      duration_s: 65,
      extras: [
        { key: 'is_gift', boolean: false },
        { key: 'slot', time: '2026-02-03T02:00:00.000Z' },
      ],
    },
    { ...nothing, sku: 'S' },
    nothing,
  ])
})
