import { fromBinary } from '@bufbuild/protobuf'
import { timestampNow } from '@bufbuild/protobuf/wkt'
import { TouchpointsRecordedSchema } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { busSeed, SERVICE, tenant } from '../../test/bus-seed.ts'
import { withTenant } from '../db/db.ts'
import { newId, timeOfId } from '../serve/ids.ts'
import { eventually } from '../testing/eventually.ts'
import { handleOnce, on } from './inbox.ts'
import { itemwise } from './itemwise.ts'
import { publish } from './outbox.ts'
import { relayOnce } from './relay.ts'

const seed = busSeed()

/** Publishes one event with an item of each type. */
async function send(...types: string[]) {
  await withTenant(seed.test.db, tenant, (tx) =>
    publish(tx, TouchpointsRecordedSchema, {
      touchpoints: types.map((type) => ({ touchpointId: newId(), type, occurredAt: timestampNow() })),
    }),
  )
  await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
}
/** Stores the type of each item as a number: another text is refused by the database itself. */
const counting = (name: string) =>
  itemwise(
    TouchpointsRecordedSchema,
    'touchpoints',
    on(
      TouchpointsRecordedSchema,
      name,
      async (tx, events) => {
        const values = events.flatMap(({ touchpoints }) => touchpoints.map(({ type }) => type))
        await tx.client.query(
          'INSERT INTO counters (tenant_id, id, value) SELECT $1, uuidv7(), value::integer FROM unnest($2::text[]) AS value',
          [tx.tenantId, values],
        )
      },
      [SERVICE],
    ),
  )
const kept = async () => (await seed.test.owner.query('SELECT value FROM counters ORDER BY value')).rows.map(({ value }) => Number(value))
const letters = async () => (await seed.test.owner.query('SELECT * FROM dead_letters ORDER BY event_id')).rows

it('of an event with bad items only these become dead letters, immediately and once each; the others have their effect', async () => {
  const handler = counting('apart')
  await seed.consuming([handler], async () => {
    await send('1', 'bad', '2', '3', 'worse', '4')
    await eventually(async () => expect(await kept()).toEqual([1, 2, 3, 4]))
  })
  const found = await letters()
  expect(found.map(({ deliveries, error }) => [deliveries, error])).toEqual([
    [1, 'INVALID: A value cannot be stored'],
    [1, 'INVALID: A value cannot be stored'],
  ])
  const items = found.map(({ payload }) => fromBinary(TouchpointsRecordedSchema, payload))
  expect(new Set(items.map(({ tenantId, touchpoints }) => `${tenantId} ${touchpoints.map(({ type }) => type).join()}`))).toEqual(
    new Set([`${tenant} bad`, `${tenant} worse`]),
  )
  // A dead letter can be handled like any event, once: its id has the day by which the inbox is divided.
  const [letter] = found
  expect(Math.abs(timeOfId(letter.event_id).getTime() - Date.now())).toBeLessThan(86_400_000)
  await expect(
    handleOnce(seed.test.db, 'test_apart', handler, [{ eventId: letter.event_id, tenantId: tenant, payload: letter.payload }]),
  ).rejects.toMatchObject({ code: 'INVALID' })
})

it('an event of which no item can be handled is one dead letter', async () => {
  await seed.consuming([counting('none')], async () => {
    await send('bad', 'worse')
    await eventually(async () => expect(await letters()).toHaveLength(1))
  })
  const [letter] = await letters()
  expect(fromBinary(TouchpointsRecordedSchema, letter.payload).touchpoints).toHaveLength(2)
  expect(await kept()).toEqual([])
})
