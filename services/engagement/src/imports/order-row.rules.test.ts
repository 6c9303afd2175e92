import { describe, expect, it } from 'vitest'
import { nameOf, readBuyer } from '../orders/buyer.rules.ts'
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
    expect(readRow(row, reading)).toMatchObject({ amountMinor: 495, unitPriceMinor: 165, isRefund: false, notes: [] })
    expect(readRow({ ...row, q: '1', p: '0.005' }, reading)).toMatchObject({ amountMinor: 1 })
    expect(readRow({ ...row, q: '1', p: '1.005' }, reading)).toMatchObject({ amountMinor: 101 })
    expect(readRow({ ...row, no: 'C9', q: '-3' }, reading)).toMatchObject({ amountMinor: 495, isRefund: true })
    expect(readRow({ ...row, q: '2', p: '150' }, { ...reading, digits: 0 })).toMatchObject({ amountMinor: 300 })
  })

  it.each([
    ['19.995', 1, 2, 2_000],
    ['19.995', 2, 2, 3_999],
    ['0.005', 1, 2, 1],
    ['0.004999', 1, 2, 0],
    ['1.005', 1, 2, 101],
    ['150.5', 1, 0, 151],
    ['0.0005', 3, 3, 2],
    ['1.234', 3, 3, 3_702],
    ['999999999.99', 40, 2, 3_999_999_999_960],
    ['0.1', 3, 2, 30],
  ])('cost exactly: %s times %s with %s decimals is %s', (p, q, digits, amountMinor) =>
    expect(readRow({ ...row, p, q: String(q) }, { ...reading, digits })).toMatchObject({ amountMinor }),
  )

  it.each([
    ["'123", '123'],
    ['="123"', '123'],
    ['\t123\u00a0', '123'],
    ["\u200b'00123", '00123'],
    ['536365.0', '536365'],
    ['\u202a536365\u202c', '536365'],
  ])('have the order number without the marks that keep it as text: %j', (no, orderNo) => {
    const plain = no.trim() === orderNo
    expect(readRow({ ...row, no }, reading)).toMatchObject({ orderNo, notes: plain ? [] : ['ORDER_NO_CLEANED'] })
  })

  it.each(['1.23E+15', '1,23E+15', '1.23e15', '2E+18', '-1.5E+3'])('with the order number %s are rejected: it is damaged', (no) =>
    expect(readRow({ ...row, no }, reading)).toEqual({ reason: 'ORDER_NO_DAMAGED', orderNo: null }),
  )
  it.each(['12E5', 'E20200525201253074004153', '1E'])('may have the order number %s', (no) =>
    expect(readRow({ ...row, no }, reading)).toMatchObject({ orderNo: no }),
  )

  it('name what is left out of the buyer', () => {
    const people = { ...reading, mapping: { ...mapping, phone: 'ph', email: 'em' } }
    const notesOf = (change: object) => (readRow({ ...row, ...change }, people) as { notes?: string[] }).notes
    for (const c of ['0', '-', '无', 'null', 'N/A', '游客', '0000000', '1.38E+10', '1,38E+10', '#REF!'])
      expect(notesOf({ c }), c).toEqual(['CUSTOMER_ID_LEFT_OUT'])
    for (const ph of ['13800138000', '00000000000', '000-0000-0000', '13912345678-1234', '139****5678', 'none', '13912345678转1234'])
      expect(notesOf({ ph }), ph).toEqual(['PHONE_LEFT_OUT'])
    for (const em of ['test@test.com', 'x', 'a@b', 'wang*@mail.example']) expect(notesOf({ em }), em).toEqual(['EMAIL_LEFT_OUT'])
    expect(notesOf({ c: '', ph: '', em: '' })).toEqual([])
    expect(notesOf({ c: '7', ph: '+86 139 1234 5678', em: 'Wang@Mail.Example' })).toEqual([])
    const same = ['13912345678', '13912345678.0', '\u202a13912345678\u202c'].map((ph) => readRow({ ...row, c: '', ph }, people))
    expect(same.map((one) => 'buyer' in one && nameOf(readBuyer(one.buyer).buyer!))).toEqual(Array(3).fill('phone:13912345678'))
  })

  it('that are rejected name their order', () => {
    expect(readRow({ ...row, no: "'7", q: 'x' }, reading)).toEqual({ reason: 'QUANTITY_NOT_AN_INTEGER', orderNo: '7' })
    expect(readRow({ ...row, p: '-0.00' }, reading)).toMatchObject({ amountMinor: 0 })
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

  it.each([
    ['2026/3/5 9:05', '2026-03-05 09:05:00'],
    ['2026-3-5 09:05:07', '2026-03-05 09:05:07'],
    ['2026.03.05 23:59', '2026-03-05 23:59:00'],
    ['2026-03-05T09:05:00.000', '2026-03-05 09:05:00'],
  ])('may have the time as spreadsheets show it: %s', (at, occurredAt) =>
    expect(readRow({ ...row, at }, reading)).toMatchObject({ occurredAt }),
  )

  it.each(['2026/13/5 9:05', '5/3/2026 9:05', '2026/2/30 9:05', '2026/3-5 9:05', '2026/3/5 24:00', '2026-03-05T09:05:00Z'])(
    'are rejected for the time %s',
    (at) => expect(reason({ at })).toBe('TIME_NOT_READABLE'),
  )

  it('may have numbers as spreadsheets show them, where they mean one thing', () => {
    expect(readRow({ ...row, q: '2.0', p: '1,299.00' }, reading)).toMatchObject({ quantity: 2, amountMinor: 259_800 })
    for (const p of ['1,299', '12,99', '1.299,00', '1,2999.00', '12,34,567.00']) expect(reason({ p }), p).toBe('PRICE_NOT_A_DECIMAL')
  })

  it('have their instant in the zone, over both changes of the clock', () => {
    expect(instantOf('2011-07-21 08:44:00', 'Europe/London').toISOString()).toBe('2011-07-21T07:44:00.000Z')
    expect(instantOf('2011-12-09 12:00:00', 'Europe/London').toISOString()).toBe('2011-12-09T12:00:00.000Z')
    expect(instantOf('2011-10-30 01:30:00', 'Europe/London').toISOString()).toBe('2011-10-30T00:30:00.000Z')
    expect(instantOf('2026-01-01 00:00:00', 'Asia/Shanghai').toISOString()).toBe('2025-12-31T16:00:00.000Z')
  })
})
