import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { problemOf } from '../../orders/order.rules.ts'
import { readOrder, verifyPush } from './push.rules.ts'

describe('the Youzan push', () => {
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
  const msg = encodeURIComponent(JSON.stringify(payload))
  const push = { client_id: 'c', kdt_id: 42, msg, sign: createHash('md5').update(`c${msg}s`).digest('hex'), type: 'trade_TradePaid' }

  it('is accepted only when it is signed for this shop, over the encoded message', () => {
    verifyPush(push, shop)
    for (const bad of [
      { ...push, sign: 'x' },
      { ...push, sign: undefined },
      { ...push, msg: decodeURIComponent(msg) },
      { ...push, kdt_id: 43 },
    ])
      expect(() => verifyPush(bad, shop)).toThrow(/not signed/)
  })

  it('becomes an order in fen and UTC, without a masked phone', () => {
    const order = readOrder(push)
    expect(order).toMatchObject({
      orderNo: 'E1',
      status: 'FINISHED',
      totalMinor: 9_000,
      discountMinor: 2_000,
      freightMinor: 1_000,
      couponCodes: ['X'],
      buyer: { externalId: 'b', phone: undefined },
    })
    expect(order.paidAt?.toISOString()).toBe('2026-03-01T01:00:00.000Z')
    expect(problemOf(order, NOW)).toBeUndefined()
    expect(() => readOrder({ ...push, msg: '%7B%7D' })).toThrow()
    expect(() => readOrder({ ...push, msg: 'not json' })).toThrow()
  })
})

const NOW = new Date('2026-06-15T00:00:00Z')
