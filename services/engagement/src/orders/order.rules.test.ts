import { describe, expect, it } from 'vitest'
import { orderAt } from '../../test/fixture.ts'
import { problemOf, statusOf } from './order.rules.ts'

const NOW = new Date('2026-06-15T00:00:00Z')

describe('orders', () => {
  const order = orderAt(1)

  it.each([
    [{ totalMinor: 99 }, 'ORDER_INCONSISTENT'],
    [{ discountMinor: -1 }, 'NEGATIVE_AMOUNT'],
    [{ currency: 'yuan' }, 'UNKNOWN_CURRENCY'],
    [{ refundedMinor: 101 }, 'REFUND_EXCEEDS_TOTAL'],
    [{ modifiedAt: new Date(Number.NaN) }, 'NO_MODIFIED_TIME'],
    [{}, undefined],
  ])('%o is %s', (change, problem) => expect(problemOf({ ...order, ...change }, NOW)).toBe(problem))

  it('are refunded by the refunded amount', () => {
    expect(statusOf(order)).toBe('PAID')
    expect(statusOf({ ...order, refundedMinor: 40 })).toBe('PARTIALLY_REFUNDED')
    expect(statusOf({ ...order, refundedMinor: 100 })).toBe('REFUNDED')
  })
})
