import { describe, expect, it } from 'vitest'
import { orderAt, refundOf } from '../../test/fixture.ts'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { detailOf, problemOf, refundedOf, stateOf } from './order.rules.ts'

const NOW = new Date('2026-06-15T00:00:00Z')

describe('orders', () => {
  const order = orderAt(1)

  it.each([
    [{ totalMinor: 99 }, 'ORDER_INCONSISTENT'],
    [{ freightMinor: 10 }, 'ORDER_INCONSISTENT'],
    [{ freightMinor: 10, taxMinor: 5, totalMinor: 115 }, undefined],
    [{ sums: [[9_000, 5_000]] }, 'ORDER_INCONSISTENT'],
    [{ lines: [{ ...order.lines[0]!, discountMinor: 3 }] }, 'ORDER_INCONSISTENT'],
    [{ discountMinor: -1 }, 'NEGATIVE_AMOUNT'],
    [{ currency: 'yuan' }, 'UNKNOWN_CURRENCY'],
    [{ status: undefined, platformStatus: 'WAIT_FOR_MOON' }, 'UNKNOWN_STATUS'],
    [{ unreadable: { 'pay_info.payment': '19.995' } }, 'AMOUNT_NOT_READABLE'],
    [{ totalMinor: Number.NaN }, 'AMOUNT_TOO_LARGE'],
    [{ totalMinor: 2 ** 53 }, 'AMOUNT_TOO_LARGE'],
    [{ refunds: [refundOf(101)] }, 'REFUND_EXCEEDS_TOTAL'],
    [{ refunds: [refundOf(60), refundOf(60, { refundNo: 'R2', state: 'REQUESTED' })] }, undefined],
    [{ refunds: [refundOf(-1, { state: 'REQUESTED' })] }, 'NEGATIVE_AMOUNT'],
    [{ refunds: [refundOf(1, { at: new Date(Number.NaN) })] }, 'NO_TIME'],
    [{ modifiedAt: new Date(Number.NaN) }, 'NO_MODIFIED_TIME'],
    [{ orderNo: 'E\0' }, 'TEXT_NOT_STORABLE'],
    [{ couponCodes: ['x'.repeat(201)] }, 'TEXT_TOO_LONG'],
    [{}, undefined],
  ] as [Partial<IncomingOrder>, string | undefined][])('%o is %s', (change, problem) =>
    expect(problemOf({ ...order, ...change }, NOW)).toBe(problem),
  )

  it('name what the reason is about', () => {
    expect(detailOf({ ...order, platformStatus: 'WAIT_FOR_MOON' }, 'UNKNOWN_STATUS')).toBe('WAIT_FOR_MOON')
    expect(detailOf({ ...order, platformStatus: '13912345678 王' }, 'UNKNOWN_STATUS')).toBeNull()
    expect(detailOf({ ...order, unreadable: { 'pay_info.payment': '1' } }, 'AMOUNT_NOT_READABLE')).toBe('pay_info.payment')
  })

  it('are refunded by the refunded amount', () => {
    const of = (refundedMinor: number) => stateOf('PAID', { totalMinor: 100, refundedMinor, isRefundDocument: false })
    expect([of(0), of(40), of(100)]).toEqual(['PAID', 'PARTIALLY_REFUNDED', 'REFUNDED'])
    const all = ['REQUESTED', 'ACCEPTED', 'SUCCEEDED', 'CLOSED', 'UNKNOWN'] as const
    expect(refundedOf(all.map((state, index) => refundOf(10 ** index, { state })))).toBe(100)
  })
})
