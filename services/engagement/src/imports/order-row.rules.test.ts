import { describe, expect, it } from 'vitest'
import { instantOf, readRow } from './order-row.rules.ts'

const NOW = new Date('2026-06-15T00:00:00Z')

describe('rows of an order file', () => {
  const mapping = {
    orderNo: 'no',
    sku: 'sku',
    title: 'title',
    quantity: 'q',
    unitPrice: 'p',
    occurredAt: 'at',
    customerId: 'c',
    refundPrefix: 'C',
  }
  const reading = { mapping, digits: 2, zone: 'Europe/London', now: NOW }
  const row = { no: '1', sku: 's', title: 't', q: '3', p: '1.65', at: '2011-07-21 08:44:00', c: '13995.0' }
  const reason = (change: object) => (readRow({ ...row, ...change }, reading) as { reason?: string }).reason

  it('are read to minor units, rounding half up', () => {
    expect(readRow(row, reading)).toMatchObject({ amountMinor: 495, customerId: '13995', isRefund: false })
    expect(readRow({ ...row, q: '1', p: '0.005' }, reading)).toMatchObject({ amountMinor: 1 })
    expect(readRow({ ...row, q: '1', p: '1.005' }, reading)).toMatchObject({ amountMinor: 101 })
    expect(readRow({ ...row, no: 'C9', q: '-3' }, reading)).toMatchObject({ amountMinor: 495, isRefund: true })
    expect(readRow({ ...row, q: '2', p: '150' }, { ...reading, digits: 0 })).toMatchObject({ amountMinor: 300 })
  })

  it.each([
    [{ no: '' }, 'ORDER_NO_MISSING'],
    [{ q: '1.5' }, 'QUANTITY_NOT_AN_INTEGER'],
    [{ q: '-1' }, 'QUANTITY_NOT_POSITIVE'],
    [{ p: '12abc' }, 'PRICE_NOT_A_DECIMAL'],
    [{ p: '1e9' }, 'PRICE_NOT_A_DECIMAL'],
    [{ p: '-1' }, 'PRICE_NEGATIVE'],
    [{ at: '2011-02-30 10:00' }, 'TIME_NOT_READABLE'],
    [{ at: '07/21/2011' }, 'TIME_NOT_READABLE'],
    [{ no: 'C1', q: '1' }, 'REFUND_QUANTITY_NOT_NEGATIVE'],
  ])('%o is rejected as %s', (change, expected) => expect(reason(change)).toBe(expected))

  it('have their instant in the zone, over both changes of the clock', () => {
    expect(instantOf('2011-07-21 08:44:00', 'Europe/London').toISOString()).toBe('2011-07-21T07:44:00.000Z')
    expect(instantOf('2011-12-09 12:00:00', 'Europe/London').toISOString()).toBe('2011-12-09T12:00:00.000Z')
    expect(instantOf('2011-10-30 01:30:00', 'Europe/London').toISOString()).toBe('2011-10-30T00:30:00.000Z')
    expect(instantOf('2026-01-01 00:00:00', 'Asia/Shanghai').toISOString()).toBe('2025-12-31T16:00:00.000Z')
  })
})
