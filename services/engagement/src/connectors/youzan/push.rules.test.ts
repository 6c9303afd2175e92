import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { problemOf } from '../../orders/order.rules.ts'
import { readPush } from './push.rules.ts'
import { verifyPush } from './verify-push.rules.ts'

const NOW = new Date('2026-06-15T00:00:00Z')
const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const encode = (payload: object) => encodeURIComponent(JSON.stringify(payload))
const shop = { clientId: 'c', clientSecret: 's', kdtId: '42' }

const payload = {
  full_order_info: {
    order_info: { tid: 'E1', status: 'TRADE_SUCCESS', update_time: '2026-03-01 10:00:00', pay_time: '2026-03-01 09:00:00' },
    buyer_info: { yz_open_id: 'b', buyer_phone: '138****0000' },
    pay_info: { payment: '90.00', post_fee: '10.00' },
    orders: [{ item_id: 7, title: '茶 杯', num: 2, total_fee: '100.00' }],
    order_promotion: { order: [{ coupon_code: 'X' }] },
  },
}
const push = { client_id: 'c', kdt_id: 42, msg: encode(payload), sign: md5(`c${encode(payload)}s`), type: 'trade_TradePaid' }

type Parts = { info?: object; pay?: object; orders?: object[]; buyer?: object; beside?: object }
/** An order as trade.get shows it, with its siblings. */
const trade = ({ info, pay, orders, buyer, beside }: Parts = {}) => ({
  full_order_info: {
    order_info: { ...payload.full_order_info.order_info, ...info },
    buyer_info: { yz_open_id: 'b', ...buyer },
    pay_info: { total_fee: '13.00', payment: '9.82', post_fee: '2.00', ...pay },
    orders: orders ?? [
      { oid: '11', item_id: 7, title: '茶', num: 1, price: '10.00', total_fee: '7.00' },
      { oid: '12', item_id: 8, sku_id: 9, title: '杯', num: 1, price: '3.00', total_fee: '2.00' },
    ],
  },
  order_promotion: { order_discount_fee: '1.18', item_discount_fee: '4.00', adjust_fee: '0.00', order: [{ coupon_code: 'X' }] },
  refund_order: [] as object[],
  ...beside,
})
const orderOf = (message: object) => {
  const read = readPush({ ...push, msg: encode(message) })
  if (read.kind !== 'ORDER_CHANGED') throw new Error(read.kind)
  return read.order
}

describe('the Youzan push', () => {
  it('is accepted only when it is signed for this shop, over the encoded message', () => {
    const verify = (one: typeof push | object) => verifyPush(one as typeof push, shop, JSON.stringify(one), undefined)
    expect(verify(push)).toBe('MSG')
    for (const bad of [
      { ...push, sign: 'x' },
      { ...push, sign: undefined },
      { ...push, msg: decodeURIComponent(push.msg) },
      { ...push, kdt_id: 43 },
      { ...push, client_id: undefined },
    ])
      expect(() => verify(bad)).toThrow(/not signed/)
  })

  it('is accepted by the header of today, over the body as it arrived; the header decides', () => {
    const body = `{ "kdt_id": 42, "client_id": "c", "msg": {"a": "茶"} }`
    const header = md5(`c${body}s`)
    const one = JSON.parse(body) as { kdt_id: number; client_id: string }
    expect(verifyPush(one, shop, body, header)).toBe('BODY')
    expect(verifyPush(one, shop, body, header.toUpperCase())).toBe('BODY')
    for (const [given, by] of [
      [body, 'x'],
      [JSON.stringify(one), header],
      [body, ''],
    ] as const)
      expect(() => verifyPush(one, shop, given, by)).toThrow(/not signed/)
    expect(() => verifyPush({ ...one, kdt_id: 43 }, shop, body, header)).toThrow(/not signed/)
    expect(() => verifyPush(push, shop, JSON.stringify(push), 'x'.repeat(32))).toThrow(/not signed/)
    const example = '{"type":"trade_TradePaid","msg":"%7B%22tid%22%3A%22E1%22%7D"}'
    const known = { clientId: 'client_id_1', clientSecret: 'client_secret_1', kdtId: 'undefined' }
    expect(verifyPush(JSON.parse(example) as object, known, example, '2da52917893e4cacd52086d1a9b9958e')).toBe('BODY')
  })

  it('keeps ids of 19 digits that are numbers apart', () => {
    const [one, two] = ['2783192038492837492', '2783192038492837493']
    const line = (oid: string) => `{"oid":${oid},"item_id":${oid},"num":1,"price":"10.00","total_fee":"10.00"}`
    const text = JSON.stringify(trade({ pay: { total_fee: '20.00', payment: '20.00', post_fee: '0.00' }, orders: [] }))
    const msg = encodeURIComponent(text.replace('"orders":[]', `"orders":[${line(one)},${line(two)}]`))
    const read = readPush({ ...push, msg })
    expect(read.kind === 'ORDER_CHANGED' && read.order.lines.map(({ lineId, sku }) => [lineId, sku])).toEqual([
      [one, one],
      [two, two],
    ])
  })

  it('has no time on a day that does not exist', () => {
    for (const update_time of ['2026-02-30 10:00:00', '2026-13-01 10:00:00'])
      expect(problemOf(orderOf(trade({ info: { update_time } })), NOW), update_time).toBe('NO_MODIFIED_TIME')
    expect(problemOf(orderOf(trade({ info: { update_time: '2024-02-29 10:00:00' } })), NOW)).toBeUndefined()
  })

  it('becomes an order in fen and UTC, without a masked phone', () => {
    const order = orderOf(payload)
    expect(order).toMatchObject({
      orderNo: 'E1',
      status: 'FINISHED',
      totalMinor: 9_000,
      discountMinor: 2_000,
      freightMinor: 1_000,
      couponCodes: ['X'],
      buyer: { externalId: 'b' },
    })
    expect(order.paidAt?.toISOString()).toBe('2026-03-01T01:00:00.000Z')
    expect(problemOf(order, NOW)).toBeUndefined()
    expect(() => readPush({ ...push, msg: '%7B%7D' })).toThrow()
    expect(() => readPush({ ...push, msg: 'not json' })).toThrow()
  })

  it('has refunds and promotions beside the order, and lines with their shares', () => {
    const order = orderOf(trade())
    expect(problemOf(order, NOW)).toBeUndefined()
    expect(order).toMatchObject({ totalMinor: 982, freightMinor: 200, discountMinor: 518, couponCodes: ['X'], refunds: [] })
    expect(order.lines).toMatchObject([
      { lineId: '11', productId: '7', sku: '7', unitPriceMinor: 1_000, amountMinor: 1_000 },
      { lineId: '12', productId: '8', sku: '9', unitPriceMinor: 300, amountMinor: 300 },
    ])
    const paid = trade({
      pay: { total_fee: '10.00', payment: '8.00', post_fee: '0.00' },
      orders: [
        { oid: '1', num: 2, price: '3.00', total_fee: '6.00', payment: '5.00' },
        { oid: '2', num: 1, price: '4.00', total_fee: '4.00', payment: '3.00' },
      ],
      beside: { order_promotion: { order_discount_fee: '2.00', item_discount_fee: '0.00' } },
    })
    expect(problemOf(orderOf(paid), NOW)).toBeUndefined()
    expect(orderOf(paid).lines).toMatchObject([{ discountMinor: 100 }, { discountMinor: 100 }])
  })

  it.each([
    ['the total of the lines', { pay: { total_fee: '14.00' } }],
    ['the promotions', { beside: { order_promotion: { order_discount_fee: '1.17', item_discount_fee: '4.00' } } }],
    [
      'what is paid for the lines',
      {
        orders: [
          { num: 1, price: '10.00', payment: '9.00' },
          { num: 1, price: '3.00', payment: '0.50' },
        ],
      },
    ],
  ])('is inconsistent when %s does not add up', (_name, parts) => expect(problemOf(orderOf(trade(parts)), NOW)).toBe('ORDER_INCONSISTENT'))

  it('keeps amounts that cannot be read, by their names', () => {
    const order = orderOf(trade({ pay: { payment: '19.995', total_fee: '1e3' } }))
    expect(problemOf(order, NOW)).toBe('AMOUNT_NOT_READABLE')
    expect(order.unreadable).toEqual({ 'pay_info.payment': '"19.995"', 'pay_info.total_fee': '"1e3"' })
    expect(problemOf(orderOf(trade({ pay: { payment: '-9.82' } })), NOW)).toBe('NEGATIVE_AMOUNT')
  })

  it('keeps a status that is new as it was sent, with the buyer', () => {
    const order = orderOf(trade({ info: { status: 'WAIT_FOR_MOON' } }))
    expect(order).toMatchObject({ status: undefined, platformStatus: 'WAIT_FOR_MOON', buyer: { externalId: 'b' } })
    for (const status of ['constructor', '__proto__']) expect(orderOf(trade({ info: { status } })).status).toBeUndefined()
    expect(orderOf(trade({ info: { status: 'WAIT_CONFIRM' } })).status).toBe('PAID')
  })
})

describe('refunds of Youzan', () => {
  const refund = (change: object) => ({ refund_id: 'R1', refund_state: 60, refund_fee: '2.00', oids: ['12'], ...change })
  const refundsOf = (...refunds: object[]) => orderOf(trade({ beside: { refund_order: refunds } })).refunds

  it.each([
    [1, 'REQUESTED'],
    [10, 'CLOSED'],
    [20, 'ACCEPTED'],
    [30, 'ACCEPTED'],
    [40, 'CLOSED'],
    [50, 'CLOSED'],
    [60, 'SUCCEEDED'],
    [61, 'UNKNOWN'],
    ['SUCCESS', 'SUCCEEDED'],
    ['SELLER_REFUSE_BUYER', 'CLOSED'],
  ])('in state %s are %s', (state, wanted) =>
    expect(refundsOf(refund({ refund_state: state }))).toMatchObject([
      { refundNo: 'R1', state: wanted, platformState: String(state), amountMinor: 200 },
    ]),
  )

  it('name a line and its amount where the platform states it', () => {
    expect(refundsOf(refund({ refund_fee: '3.00' }))![0]!.lines).toEqual([{ lineId: '12', quantity: 1, amountMinor: 300 }])
    expect(refundsOf(refund({}))![0]!.lines).toEqual([{ lineId: '12', quantity: 0, amountMinor: 200 }])
    expect(refundsOf(refund({ oids: ['11', '12'] }))![0]!.lines).toEqual([])
  })

  it('are not stated by a push without them', () => expect(orderOf({ full_order_info: trade().full_order_info }).refunds).toBeUndefined())

  it.each([
    ['youzan_trade_RefundCreated', {}, 'REQUESTED'],
    ['youzan_trade_RefundSellerAgree', {}, 'ACCEPTED'],
    ['youzan_trade_RefundSuccess', {}, 'SUCCEEDED'],
    ['youzan_trade_RefundClosed', {}, 'CLOSED'],
    ['trade_refund_BuyerCreated', {}, 'REQUESTED'],
    ['trade_refund_SysRefund', {}, 'SUCCEEDED'],
    ['youzan_trade_RefundMoon', {}, 'UNKNOWN'],
    ['youzan_trade_RefundSuccess', { status: 'WAIT_SELLER_AGREE' }, 'REQUESTED'],
  ])('come as messages of their own: %s %o is %s', (type, change, state) => {
    const msg = { tid: 'E1', refund_id: 'R9', refunded_fee: '2.50', version: 1_772_330_400_000, ...change }
    for (const one of [msg, encode(msg)])
      expect(readPush({ ...push, type, msg: one })).toMatchObject({
        kind: 'REFUND_CHANGED',
        order: { orderNo: 'E1', shopId: '42' },
        refund: { refundNo: 'R9', state, amountMinor: 250 },
        modifiedAt: new Date('2026-03-01T02:00:00Z'),
      })
    for (const refunded_fee of ['2.505', 'x', '', '-1'])
      expect(() => readPush({ ...push, type, msg: { ...msg, refunded_fee } })).toThrow(/AMOUNT_NOT_READABLE/)
  })
})

describe('short messages of Youzan', () => {
  const close = { tid: 'E1', close_type: 3, update_time: '2026-03-01 10:00:00' }
  it('change the status of an order', () => {
    const closed = { kind: 'ORDER_STATUS_CHANGED', status: 'CLOSED', platformStatus: 'TRADE_CLOSED', order: { orderNo: 'E1' } }
    expect(readPush({ ...push, type: 'trade_TradeClose', msg: encode(close) })).toMatchObject(closed)
    const shipped = { ...push, type: 'trade_TradeSellerShip', msg: { tid: 'E1', update_time: '2026-03-01 10:00:00' } }
    expect(readPush({ ...shipped, signed: 'BODY' })).toMatchObject({ status: 'SHIPPED' })
    expect(readPush({ ...shipped, signed: 'MSG' }), 'the type is not signed').toEqual({ kind: 'OTHER', name: 'trade_TradeSellerShip' })
    expect(readPush({ ...shipped, msg: { tid: 'E1', status: 'MOON' } })).toMatchObject({ status: undefined, platformStatus: 'MOON' })
  })

  it('about products state what they hold', () => {
    const item = (type: string, msg: Record<string, unknown>) => readPush({ ...push, version: 1_772_330_400, type, msg })
    expect(item('ITEM_INFO', { item_id: 7, title: '茶', cid: 5, price: 1_200, quantity: 3 })).toMatchObject({
      kind: 'PRODUCT_CHANGED',
      product: { productId: '7', title: '茶', categoryId: '5', skus: [{ sku: '7', priceMinor: 1_200, stock: 3 }], isOnSale: undefined },
    })
    expect(item('ITEM_STATE', { data: { item_id: 7, is_display: 8 }, change_fields: ['is_display'] })).toMatchObject({
      product: { isOnSale: false, title: undefined, skus: undefined, modifiedAt: new Date('2026-03-01T02:00:00Z') },
    })
    expect(item('ITEM_SKU_INFO', { item_id: 7, sku_id: 9, price: '12.50', stock_num: 0 })).toMatchObject({
      product: { isWhole: false, skus: [{ sku: '9', priceMinor: 1_250, stock: 0 }] },
    })
    expect(() => item('ITEM_SKU_INFO', { item_id: 7, sku_id: 9, price: '12.505' })).toThrow(/AMOUNT_NOT_READABLE/)
    expect(() => item('ITEM_INFO', {})).toThrow()
    expect(item('POINTS', { total: 5 })).toEqual({ kind: 'OTHER', name: 'POINTS' })
  })
})
