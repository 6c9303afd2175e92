import { describe, expect, it } from 'vitest'
import { orderAt, refundOf } from '../../test/fixture.ts'
import type { IncomingOrder } from '../connectors/incoming.ts'
import { applyOrder, applyRefund, applyStatus, isSame, type Snapshot } from './merge-order.rules.ts'

const taken = (...states: IncomingOrder[]) =>
  states.reduce<Snapshot | undefined>((known, state) => applyOrder(known, state, null, 'id'), undefined)!

/** All orders of a short list. */
const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2 ? [[...items]] : items.flatMap((one, at) => permutations(items.toSpliced(at, 1)).map((rest) => [one, ...rest]))

describe('states of an order', () => {
  it.each([
    [
      'one second',
      [orderAt(1), orderAt(1, { status: 'SHIPPED' }), orderAt(1, { status: 'FINISHED' }), orderAt(1, { status: 'CLOSED' })],
      'CLOSED',
    ],
    [
      'the version',
      [orderAt(1, { platformVersion: 1 }), orderAt(1, { platformVersion: 3, couponCodes: ['b'] }), orderAt(1, { platformVersion: 2 })],
      'PAID',
    ],
    ['the time before the status', [orderAt(1, { status: 'CLOSED' }), orderAt(2, { status: 'PAID' })], 'PAID'],
    [
      'a refund',
      [orderAt(1), orderAt(1, { refunds: [refundOf(100)] }), orderAt(1, { refunds: [refundOf(100, { state: 'REQUESTED' })] })],
      'REFUNDED',
    ],
    [
      'a refund that was withdrawn',
      [orderAt(1, { refunds: [refundOf(40)] }), orderAt(2, { refunds: [] }), orderAt(3, { refunds: undefined })],
      'PAID',
    ],
    [
      'an old refund',
      [orderAt(1, { refunds: [refundOf(40)] }), orderAt(3, { refunds: undefined }), orderAt(2, { refunds: undefined })],
      'PARTIALLY_REFUNDED',
    ],
  ])('end in the same state in any order of arrival: %s', (_name, states, state) => {
    const [first, ...others] = permutations(states).map((order) => taken(...order))
    expect(first!.order.state).toBe(state)
    for (const other of others) expect(isSame(first!, other)).toBe(true)
    if (_name === 'the version') expect(first!.order.couponCodes).toEqual(['b'])
  })

  it('change nothing when they are equal, or older', () => {
    const known = taken(orderAt(2, { couponCodes: ['a'] }))
    for (const state of [orderAt(2, { couponCodes: ['b'] }), orderAt(1, { status: 'CLOSED' })])
      expect(isSame(applyOrder(known, state, null, 'other'), known)).toBe(true)
  })

  it('that know the buyer or the payment complete those that do not', () => {
    const unpaid = orderAt(2, { paidAt: undefined })
    const both = [
      applyOrder(applyOrder(undefined, orderAt(1), 'ann', 'id'), unpaid, null, 'id'),
      applyOrder(applyOrder(undefined, unpaid, null, 'id'), orderAt(1), 'ann', 'id'),
    ]
    for (const { order } of both) expect([order.profileId, order.paidAt]).toEqual(['ann', orderAt(1).paidAt])
  })
})

describe('refunds', () => {
  const known = taken(orderAt(1, { lines: [{ sku: 'a', title: 'a', quantity: 2, amountMinor: 100, lineId: 'l1' }], refunds: undefined }))
  const at = (minute: number) => orderAt(minute).modifiedAt

  it('count when they succeeded, and no longer when they are withdrawn', () => {
    const asked = applyRefund(known, refundOf(30, { state: 'REQUESTED' }), at(2))
    expect([asked.order.refundedMinor, asked.order.state]).toEqual([0, 'PAID'])
    const done = applyRefund(asked, refundOf(30, { lines: [{ lineId: 'l1', quantity: 1, amountMinor: 30 }] }), at(3))
    expect([done.order.refundedMinor, done.order.state]).toEqual([30, 'PARTIALLY_REFUNDED'])
    expect(done.lines).toMatchObject([{ refundedQuantity: 1, refundedMinor: 30 }])
    expect(applyRefund(done, refundOf(30, { state: 'REQUESTED' }), at(2)).order.refundedMinor).toBe(30)
    const closed = applyRefund(done, refundOf(30, { state: 'CLOSED' }), at(4))
    expect([closed.order.refundedMinor, closed.order.refundedAt, closed.order.state]).toEqual([0, null, 'PAID'])
  })

  it('of two numbers add up, and the last one gives the time', () => {
    const two = applyRefund(applyRefund(known, refundOf(30), at(2)), refundOf(70, { refundNo: 'R2', at: at(5) }), at(5))
    expect([two.order.refundedMinor, two.order.refundedAt, two.order.state]).toEqual([100, at(5), 'REFUNDED'])
  })

  it('that a later state of the order no longer names do not come back', () => {
    const later = taken(orderAt(5))
    expect(applyRefund(later, refundOf(30), at(4))).toBe(later)
    expect(applyRefund(later, refundOf(30), at(5)).order.refundedMinor).toBe(30)
  })

  it('of a status alone keep the rest', () => {
    const status = {
      kind: 'ORDER_STATUS_CHANGED',
      order: known.order,
      status: 'CLOSED',
      platformStatus: 'TRADE_CLOSED',
      platformVersion: 0,
    } as const
    expect(applyStatus(known, { ...status, modifiedAt: at(0) })).toBe(known)
    const closed = applyStatus(known, { ...status, modifiedAt: at(2) })
    expect(closed).toMatchObject({ order: { state: 'CLOSED', platformState: 'TRADE_CLOSED', totalMinor: 100 }, lines: [{ lineId: 'l1' }] })
  })
})

describe('a discount of the order', () => {
  it('is shared by the lines', () => {
    const lines = [4, 3, 10, 1].map((amountMinor) => ({ sku: 'a', title: 'a', quantity: 1, amountMinor }))
    const { lines: shared } = taken(orderAt(1, { lines, discountMinor: 12, totalMinor: 6 }))
    expect(shared.map(({ discountMinor }) => discountMinor)).toEqual([3, 2, 7, 0])
  })
})
