import { createHash } from 'node:crypto'
import { published } from '@renmai/platform/testing/events'
import { eventually } from '@renmai/platform/testing/eventually'
import { OrdersChangedSchema, RefundState } from '@renmai/proto/engagement/v1/events'
import { expect, it } from 'vitest'
import { profileOf } from '../../../test/neighbours.ts'
import { query } from '../../../test/query.ts'
import { engagementSeed } from '../../../test/seed.ts'
import { youzanShop } from '../../../test/youzan-shop.ts'
import { createIntake } from '../../intake/intake.ts'
import { hiddenId } from '../../touchpoints/touchpoint.ts'

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const seed = engagementSeed()
const shop = youzanShop(seed)
const { push, processed } = shop

const trade = (status: string, minute: number, change: { info?: object; pay?: object; buyer?: object; refund_order?: object[] } = {}) => ({
  full_order_info: {
    order_info: {
      tid: 'E1',
      status,
      update_time: `2026-01-01 10:0${minute}:00`,
      pay_time: '2026-01-01 10:00:00',
      created: '2026-01-01 09:59:00',
      pay_type: 10,
      ...change.info,
    },
    source_info: { source: { platform: 'wx' } },
    buyer_info: { yz_open_id: 'buyer-1', buyer_phone: '13912345678', ...change.buyer },
    address_info: { receiver_name: '$RwzLq$1$', receiver_tel: '$8kPz==$1$' },
    pay_info: { total_fee: '30.00', payment: '30.00', post_fee: '0.00', transaction: ['T1'], ...change.pay },
    orders: [
      { oid: '1', item_id: 7, sku_id: 70, title: '茶', num: 2, price: '10.00', total_fee: '20.00', payment: '20.00' },
      { oid: '2', item_id: 8, sku_id: 80, title: '杯', num: 1, price: '10.00', total_fee: '10.00', payment: '10.00' },
    ],
  },
  order_promotion: { order_discount_fee: '0.00', item_discount_fee: '0.00', order: [] },
  ...(change.refund_order ? { refund_order: change.refund_order } : {}),
})

const ORDER = `{ orders { nodes { orderNo state platformState salesChannel total { amount } refunded { amount } placedAt
  lines { lineId productCode sku quantity unitPrice { amount } amount { amount } refundedQuantity refunded { amount } }
  payments { paymentNo amount { amount } method } refunds { refundNo state platformState amount { amount } lines { lineId quantity } } } } }`
const read = async () => (await query(seed.contextOf(), ORDER)).orders.nodes
const facts = async () =>
  (await published(seed.test, OrdersChangedSchema)).filter((one) => one.tenantId === seed.tenant).flatMap((one) => one.orders)

it('an order is shown and published whole', async () => {
  expect(await push('trade_TradePaid', trade('WAIT_SELLER_SEND_GOODS', 0))).toBe(200)
  await processed(1)
  const line = { unitPrice: { amount: '10.00' }, refundedQuantity: 0, refunded: { amount: '0.00' } }
  expect(await read()).toMatchObject([
    {
      orderNo: 'E1',
      state: 'PAID',
      platformState: 'WAIT_SELLER_SEND_GOODS',
      salesChannel: 'WX',
      total: { amount: '30.00' },
      placedAt: '2026-01-01T01:59:00.000Z',
      lines: [
        { lineId: '1', productCode: '7', sku: '70', quantity: 2, amount: { amount: '20.00' }, ...line },
        { lineId: '2', productCode: '8', sku: '80', quantity: 1, amount: { amount: '10.00' }, ...line },
      ],
      payments: [{ paymentNo: 'T1', amount: { amount: '30.00' }, method: '10' }],
      refunds: [],
    },
  ])
  const buyer = hiddenId(seed.worker.keyRing, seed.tenant, 'buyer-1')
  expect(await facts()).toMatchObject([
    {
      orderKey: 'E1',
      profileId: profileOf('youzan:42', buyer),
      totalMinor: 3_000n,
      salesChannel: 'WX',
      version: 1n,
      lines: [
        { lineId: '1', productId: '7', sku: '70', quantity: 2n, unitPriceMinor: 1_000n, amountMinor: 2_000n, discountMinor: 0n },
        { lineId: '2', amountMinor: 1_000n },
      ],
      payments: [{ paymentNo: 'T1', amountMinor: 3_000n }],
    },
  ])
})

it('a push that is repeated, or signed by nobody, changes nothing', async () => {
  const [status, paid] = [trade('WAIT_SELLER_SEND_GOODS', 0), 'trade_TradePaid']
  for (const count of [0, 1, 2]) expect(await push(paid, status, { count })).toBe(200)
  await processed(1)
  expect(await facts()).toHaveLength(1)
  const payload = JSON.stringify({ client_id: 'client', kdt_id: 42, type: paid, msg: '%7B%7D' })
  const forged = { 'content-type': 'application/json', 'event-sign': md5(`client${payload}other`) }
  const http = createIntake(seed.worker, { refusalMs: 0 })
  expect((await http.inject({ method: 'POST', url: shop.path, headers: forged, payload })).statusCode).toBe(401)
  await http.close()
})

it('a refund counts when it succeeded, and goes away when it is withdrawn', async () => {
  const states = async (type: string, refund: object, count: number) => {
    await push(`youzan_trade_${type}`, { tid: 'E1', refund_id: 'R1', refunded_fee: '10.00', oid: '2', ...refund }, { isObject: true })
    await processed(count)
    const [{ state, refunded, refunds, lines }] = await read()
    return [state, refunded.amount, refunds[0].state, lines[1].refunded.amount]
  }
  await push('trade_TradePaid', trade('TRADE_SUCCESS', 0))
  await processed(1)
  expect(await states('RefundCreated', { update_time: '2026-01-01 10:01:00' }, 2)).toEqual(['FINISHED', '0.00', 'REQUESTED', '0.00'])
  expect(await states('RefundSuccess', { update_time: '2026-01-01 10:02:00' }, 3)).toEqual([
    'PARTIALLY_REFUNDED',
    '10.00',
    'SUCCEEDED',
    '10.00',
  ])
  expect(await states('RefundCreated', { update_time: '2026-01-01 10:01:30' }, 4)).toEqual([
    'PARTIALLY_REFUNDED',
    '10.00',
    'SUCCEEDED',
    '10.00',
  ])
  expect(await states('RefundClosed', { update_time: '2026-01-01 10:03:00' }, 5)).toEqual(['FINISHED', '0.00', 'CLOSED', '0.00'])
  await push('trade_TradeClose', trade('TRADE_CLOSED', 5, { refund_order: [{ refund_id: 'R2', refund_state: 60, refund_fee: '30.00' }] }))
  await processed(6)
  expect(await read()).toMatchObject([{ state: 'REFUNDED', refunded: { amount: '30.00' }, refunds: [{ refundNo: 'R2' }] }])
  expect((await facts()).map(({ refunds }) => refunds.map(({ state }) => RefundState[state]))).toEqual([
    [],
    ['REQUESTED'],
    ['SUCCEEDED'],
    ['CLOSED'],
    ['SUCCEEDED'],
  ])
})

it('a refund and a status that overtake their order wait for it', async () => {
  await push('trade_TradeClose', { tid: 'E1', close_type: 3, update_time: '2026-01-01 10:05:00' })
  await push(
    'youzan_trade_RefundSuccess',
    { tid: 'E1', refund_id: 'R1', refunded_fee: '30.00', update_time: '2026-01-01 10:05:00' },
    { isObject: true },
  )
  const waiting = async () =>
    (await seed.test.owner.query('SELECT problem FROM webhooks WHERE tenant_id = $1 AND attempts > 0', [seed.tenant])).rows
  await eventually(async () => expect(await waiting()).toEqual(Array(2).fill({ problem: 'NOT_FOUND: the order is not known yet' })))
  // One after the other: what is published in between is the same in every run.
  const isWaiting = 'tenant_id = $1 AND attempts > 0 AND processed_at IS NULL'
  const [change, only] = ['UPDATE webhooks SET next_at = now()', `id = (SELECT min(id::text)::uuid FROM webhooks WHERE ${isWaiting})`]
  await seed.test.owner.query(`${change} + interval '1 hour' WHERE ${isWaiting}`, [seed.tenant])
  await push('trade_TradePaid', trade('WAIT_SELLER_SEND_GOODS', 0))
  await processed(1)
  for (const count of [2, 3]) {
    await seed.test.owner.query(`${change} WHERE tenant_id = $1 AND ${only}`, [seed.tenant])
    await processed(count)
  }
  expect(await read()).toMatchObject([{ state: 'REFUNDED', platformState: 'TRADE_CLOSED', refunded: { amount: '30.00' } }])
})

it('an order that cannot be stored is set aside with its new status, and its buyer is known', async () => {
  await push('trade_TradePaid', trade('WAIT_FOR_MOON', 0))
  await push('trade_TradePaid', trade('WAIT_SELLER_SEND_GOODS', 1, { pay: { payment: '19.995' } }))
  await push('trade_TradePaid', trade('WAIT_SELLER_SEND_GOODS', 2, { pay: { total_fee: '31.00' } }))
  await processed(3)
  const { parkedOrders } = await query(seed.contextOf(), '{ parkedOrders { nodes { orderNo reason detail } } }')
  expect(new Set(parkedOrders.nodes)).toEqual(
    new Set([
      { orderNo: 'E1', reason: 'UNKNOWN_STATUS', detail: 'WAIT_FOR_MOON' },
      { orderNo: 'E1', reason: 'AMOUNT_NOT_READABLE', detail: 'pay_info.payment' },
      { orderNo: 'E1', reason: 'ORDER_INCONSISTENT', detail: null },
    ]),
  )
  const { rows } = await seed.test.owner.query('SELECT count(*)::int AS keys FROM profile_keys WHERE tenant_id = $1', [seed.tenant])
  expect(rows[0].keys).toBe(1)
  expect(await read()).toEqual([])
})

it('a buyer without an id is known by a phone that can be one; an encrypted or masked phone is left out', async () => {
  const keyOf = (name: string) => profileOf('youzan:42', hiddenId(seed.worker.keyRing, seed.tenant, name))
  const buyers = [
    { yz_open_id: '', buyer_phone: '+86 139-1234-5678' },
    { yz_open_id: 'b2', buyer_phone: '$8kPz==$1$' },
    { yz_open_id: 'b3', buyer_phone: '139****5678' },
    { yz_open_id: '0', buyer_phone: '13800138000' },
  ]
  for (const [no, buyer] of buyers.entries()) await push('trade_TradePaid', trade('TRADE_SUCCESS', 0, { buyer, info: { tid: `E${no}` } }))
  await processed(4)
  const found = new Map((await facts()).map((fact) => [fact.orderKey, fact.profileId]))
  expect([0, 1, 2, 3].map((no) => found.get(`E${no}`))).toEqual([keyOf('phone:13912345678'), keyOf('b2'), keyOf('b3'), ''])
  const { rows } = await seed.test.owner.query('SELECT problem FROM webhooks WHERE tenant_id = $1 AND problem IS NOT NULL', [seed.tenant])
  expect(rows).toEqual([{ problem: 'LEFT_OUT: PHONE_LEFT_OUT' }])
})
