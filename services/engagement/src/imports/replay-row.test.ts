import { withTenant } from '@renmai/platform/db/db'
import { correctItem } from '@renmai/platform/quarantine/correct-item'
import { discardItems } from '@renmai/platform/quarantine/discard-items'
import { allKinds } from '@renmai/platform/quarantine/quarantine'
import { replayItems } from '@renmai/platform/quarantine/replay-items'
import { replayQuarantine } from '@renmai/platform/quarantine/replay-quarantine'
import { eventually } from '@renmai/platform/testing/eventually'
import { key } from '@renmai/platform/testing/viewers'
import { beforeEach, expect, it } from 'vitest'
import { importSeed, row } from '../../test/import-seed.ts'
import { profileOf } from '../../test/neighbours.ts'
import { engagementSeed } from '../../test/seed.ts'
import type { Deps } from '../context.ts'
import { handlers } from '../handlers.ts'
import { quarantine } from '../quarantine.ts'
import { queues } from '../queues.ts'
import { hiddenId } from '../touchpoints/touchpoint.ts'

const seed = engagementSeed()
const files = importSeed(seed)
const { take, errorsOf, stored } = files
const kinds = allKinds('engagement', { queues, handlers, quarantine })

beforeEach(async () => {
  seed.startIdentity()
  files.account = await seed.source()
})

type Item = { id: string; version: number; state: string; reason: string; tries: number; isReplaying: boolean }
const itemOf = async (no: number): Promise<Item> =>
  (
    await seed.test.owner.query(
      `SELECT id, version, state, reason, tries, replaying_since IS NOT NULL AS "isReplaying" FROM quarantined_items
       WHERE tenant_id = $1 AND subject = $2`,
      [seed.tenant, String(no)],
    )
  ).rows[0]
const work = () => seed.work([replayQuarantine<Deps>(kinds)])
async function correct(no: number, line: string) {
  const { id: itemId, version } = await itemOf(no)
  const original = JSON.stringify(line.split(','))
  await correctItem(seed.contextOf(), kinds, 'correct', { idempotencyKey: key(), itemId, version, original })
}
async function replay(...nos: number[]) {
  const items = (await Promise.all(nos.map(itemOf))).map(({ id, version }) => ({ id, version }))
  await replayItems(seed.contextOf(), kinds, 'replay', { idempotencyKey: key(), items })
}
const becomes = (no: number, state: object) =>
  eventually(async () => expect(await itemOf(no)).toMatchObject({ ...state, isReplaying: false }))
const counts = async (id: string) => {
  const { orders, ordersNew, ordersChanged, ordersWaiting, refunds } = (await seed.contextOf().load.orderImport.load(id))!
  return { orders, ordersNew, ordersChanged, ordersWaiting, refunds }
}

it('an order becomes whole by the replay of its last bad row, once, with the rows of the file in their order', async () => {
  const { id } = await take(row('1'), row('2'), row('1', { sku: 'b', q: 'x' }), row('1', { sku: 'c', p: '-1' }))
  expect(await counts(id)).toMatchObject({ orders: 1, ordersWaiting: 1 })
  work()
  await correct(3, row('1', { sku: 'b', q: '2' }))
  await becomes(3, { state: 'WAITING', reason: 'ORDER_INCOMPLETE', tries: 2 })
  await replay(1)
  await becomes(1, { state: 'WAITING', reason: 'ORDER_INCOMPLETE', tries: 2 })
  expect([await stored(), await counts(id)]).toEqual([['2 100 a v1'], expect.objectContaining({ orders: 1, ordersWaiting: 1 })])
  await correct(4, row('1', { sku: 'c', p: '3.00' }))
  await becomes(4, { state: 'CORRECTED' })
  expect(await stored()).toEqual(['1 600 abc v1', '2 100 a v1'])
  expect([(await itemOf(1)).state, (await itemOf(3)).state]).toEqual(['REPLAYED', 'CORRECTED'])
  expect(await counts(id)).toEqual({ orders: 2, ordersNew: 2, ordersChanged: 0, ordersWaiting: 0, refunds: 0 })
  expect(await errorsOf(id)).toEqual([])
  const { rows } = await seed.test.owner.query('SELECT profile_id FROM orders WHERE tenant_id = $1 AND order_no = $2', [seed.tenant, '1'])
  const source = `shop:${files.account}`
  expect(rows).toEqual([{ profile_id: profileOf(source, hiddenId(seed.worker.keyRing, seed.tenant, '7')) }])
})

it('several rows that are replayed concurrently make one order', async () => {
  const { id } = await take(...['a', 'b', 'c', 'd'].map((sku) => row('1', { sku, q: 'x' })))
  for (const [index, sku] of ['a', 'b', 'c', 'd'].entries()) await correct(index + 1, row('1', { sku }))
  work()
  for (const no of [1, 2, 3, 4]) await becomes(no, { state: 'CORRECTED' })
  expect([await stored(), await counts(id)]).toEqual([
    ['1 400 abcd v1'],
    expect.objectContaining({ orders: 1, ordersNew: 1, ordersWaiting: 0 }),
  ])
})

it('a row whose order could not be read joins the order that the other rows made, and is a new one where there are none', async () => {
  const { id } = await take(
    row('1'),
    row('1.2E+15', { sku: 'b', at: '2026-01-02 10:00' }),
    row('', { sku: 'c' }),
    row(''),
    row('C9', { q: '-1' }),
  )
  expect(await stored()).toEqual(['1 100 a v1', 'C9 0 a v1'])
  work()
  await correct(2, row('1', { sku: 'b', at: '2026-01-02 10:00' }))
  await becomes(2, { state: 'CORRECTED' })
  await correct(3, row('1', { sku: 'c' }))
  await becomes(3, { state: 'CORRECTED' })
  await correct(4, row('4'))
  await becomes(4, { state: 'CORRECTED' })
  expect(await stored()).toEqual(['1 300 abc v3', '4 100 a v1', 'C9 0 a v1'])
  expect(await counts(id)).toEqual({ orders: 2, ordersNew: 3, ordersChanged: 0, ordersWaiting: 0, refunds: 1 })
})

it('a refund document grows by its row', async () => {
  await take(row('C9', { q: '-1' }), row('', { q: '-2', sku: 'b' }))
  work()
  await correct(2, row('C9', { q: '-2', sku: 'b' }))
  await becomes(2, { state: 'CORRECTED' })
  const { rows } = await seed.test.owner.query('SELECT total_minor, refunded_minor FROM orders WHERE tenant_id = $1', [seed.tenant])
  expect(rows).toEqual([{ total_minor: 0, refunded_minor: 300 }])
})

it('an order that another file stored, or that is set aside, gets no row that may be there already', async () => {
  await take(row('1'), row('', { sku: 'b' }))
  await take(row('1'), row('1', { sku: 'b' }))
  work()
  await correct(2, row('1', { sku: 'b', at: '2026-01-03 10:00' }))
  await becomes(2, { state: 'WAITING', reason: 'ORDER_KNOWN_OTHERWISE' })
  await seed.test.owner.query(
    `INSERT INTO parked_orders (tenant_id, id, platform, shop_id, order_no, reason, body)
     VALUES ($1, gen_random_uuid(), 'IMPORT', $2, '3', 'ORDER_INCONSISTENT', '')`,
    [seed.tenant, files.account],
  )
  await correct(2, row('3', { sku: 'b' }))
  await becomes(2, { state: 'WAITING', reason: 'ORDER_KNOWN_OTHERWISE', tries: 3 })
  expect(await stored()).toEqual(['1 200 ab v2'])
})

it('a row that was discarded, or moved to another order, does not make its order whole', async () => {
  const { id } = await take(row('1'), row('1', { sku: 'b', q: 'x' }), row('2', { q: 'x' }))
  const [item] = [await itemOf(2)]
  await discardItems(seed.contextOf(), 'discard', { idempotencyKey: key(), items: [{ id: item.id, version: item.version }], reason: 'r' })
  work()
  await replay(1)
  await becomes(1, { state: 'WAITING', tries: 2 })
  await correct(1, row('2'))
  await becomes(1, { state: 'WAITING', reason: 'ORDER_INCOMPLETE', tries: 3 })
  expect([await stored(), await counts(id)]).toEqual([[], expect.objectContaining({ ordersWaiting: 1 })])
  await correct(3, row('2', { sku: 'b' }))
  await becomes(3, { state: 'CORRECTED' })
  expect([await stored(), (await counts(id)).ordersWaiting]).toEqual([['2 200 ab v1'], 0])
})

it('a correction passes the checks of the first time', async () => {
  await take(row('1', { q: 'x' }))
  for (const [line, problem] of [
    [row('1', { q: '0' }), 'QUANTITY_NOT_POSITIVE'],
    [`${row('1')},more`, 'TOO_MANY_COLUMNS'],
    [row(''), 'ORDER_NO_MISSING'],
  ] as const)
    await expect(correct(1, line)).rejects.toMatchObject({ code: 'INVALID', fields: { original: problem } })
  const { id: itemId, version } = await itemOf(1)
  const original = '{"no":1}'
  await expect(correctItem(seed.contextOf(), kinds, 'correct', { idempotencyKey: key(), itemId, version, original })).rejects.toMatchObject(
    {
      code: 'INVALID',
      fields: { original: expect.stringContaining('list of texts') },
    },
  )
})

it('a row of a file that an earlier release received, or that is not whole, waits further with what to do', async () => {
  const { id } = await take(row('1', { q: 'x' }))
  const set = (change: string) =>
    withTenant(seed.test.db, seed.tenant, (tx) => tx.client.query(`UPDATE order_imports SET ${change} WHERE id = $1`, [id]))
  work()
  await set('columns = NULL')
  await replay(1)
  await becomes(1, { state: 'WAITING', reason: 'COLUMNS_UNKNOWN', tries: 2 })
  await set("state = 'RECEIVING'")
  await replay(1)
  await becomes(1, { state: 'WAITING', reason: 'IMPORT_NOT_COMPLETE', tries: 3 })
})

it('a row whose order number was cut waits until it is corrected: as it is, it would join the order of somebody else', async () => {
  await take(row('123456789012345000'), row('123456789012346000', { sku: 'b' }))
  work()
  await replay(1)
  await becomes(1, { state: 'WAITING', reason: 'ORDER_NO_DAMAGED', tries: 2 })
  await correct(1, row('123456789012345678'))
  await becomes(1, { state: 'CORRECTED' })
  expect(await stored()).toEqual(['123456789012345678 100 a v1'])
})
