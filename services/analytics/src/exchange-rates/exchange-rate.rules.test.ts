import { describe, expect, it } from 'vitest'
import { add, type Exact, invert, multiply, readExact, roundHalfEven, roundTogether, ZERO } from './exact.rules.ts'
import { convert, convertRounded, rateBook, type StatedRate } from './exchange-rate.rules.ts'

describe('exact numbers', () => {
  it.each([
    ['0.5', 0n],
    ['1.5', 2n],
    ['2.5', 2n],
    ['-0.5', 0n],
    ['-1.5', -2n],
    ['-2.5', -2n],
    ['2.500000000001', 3n],
    ['-2.499999999999', -2n],
    ['9007199254740993', 9_007_199_254_740_993n],
  ])('%s is rounded to %s, half to even', (text, rounded) => {
    expect(roundHalfEven(readExact(text))).toBe(rounded)
  })

  it('are no binary fractions: a tenth added ten times is one, and three thirds are', () => {
    const isOne = ({ n, d }: Exact) => n === d
    expect(isOne(Array.from({ length: 10 }, () => readExact('0.1')).reduce(add, ZERO))).toBe(true)
    const third = invert(readExact('3'))
    expect(isOne(add(add(third, third), third))).toBe(true)
    expect(add(readExact('0.25'), readExact('0.1'))).toEqual({ n: 7n, d: 20n })
    expect(multiply(third, readExact('-0.75'))).toEqual({ n: -1n, d: 4n })
    expect(() => readExact('1e3')).toThrow(TypeError)
  })

  it('of many different denominators stay exact', () => {
    const parts = Array.from({ length: 500 }, (_, no) => invert(readExact(`7.${123_456_789 + no * 7}`)))
    const back = parts.map(({ n, d }) => ({ n: -n, d }))
    expect(roundHalfEven(parts.reduce(add, ZERO))).toBe(70n)
    expect([...parts, ...back.toReversed()].reduce(add, ZERO).n).toBe(0n)
  })

  it('that are rounded together add up to their rounded sum', () => {
    const third = invert(readExact('3'))
    expect(roundTogether([third, third, third])).toEqual({ sum: 1n, parts: [1n, 0n, 0n] })
    expect(roundTogether([readExact('0.4'), readExact('0.9'), readExact('-0.2')])).toEqual({ sum: 1n, parts: [0n, 1n, 0n] })
    expect(roundTogether([])).toEqual({ sum: 0n, parts: [] })
  })
})

const rate = (base: string, quote: string, day: string, value: string): StatedRate => ({ base, quote, day, rate: value })
const value = (one: { n: bigint; d: bigint } | undefined) => one && `${one.n}/${one.d}`

describe('the rate of a day', () => {
  const rateOf = rateBook([
    rate('USD', 'CNY', '2026-03-02', '7.25'),
    rate('USD', 'CNY', '2026-03-06', '7.5'),
    rate('CNY', 'JPY', '2026-03-04', '20'),
    rate('EUR', 'USD', '2026-03-05', '1.25'),
    rate('EUR', 'GBP', '2026-03-03', '0.8'),
  ])

  it.each([
    ['is the newest one that is not after it', 'USD', 'CNY', '2026-03-05', '29/4'],
    ['is the one of the day itself', 'USD', 'CNY', '2026-03-06', '15/2'],
    ['counts for ten days', 'USD', 'CNY', '2026-03-16', '15/2'],
    ['and no longer', 'USD', 'CNY', '2026-03-17', undefined],
    ['is none before the first', 'USD', 'CNY', '2026-03-01', undefined],
    ['is the opposite one, where that one is stated', 'CNY', 'USD', '2026-03-05', '4/29'],
    ['is one for a currency itself', 'XAF', 'XAF', '1990-01-01', '1/1'],
    ['leads over a third currency', 'USD', 'GBP', '2026-03-05', '16/25'],
    ['in either direction of both', 'JPY', 'USD', '2026-03-06', '1/150'],
    ['but over no fourth', 'GBP', 'JPY', '2026-03-06', undefined],
  ])('%s: %s to %s on %s', (_what, from, to, day, found) => {
    expect(value(rateOf(from, to, day))).toBe(found)
  })

  it('is the newer one of the two directions, and of two ways the one whose older rate is newer', () => {
    const both = rateBook([rate('USD', 'CNY', '2026-03-02', '7'), rate('CNY', 'USD', '2026-03-03', '0.125')])
    expect([both('USD', 'CNY', '2026-03-02'), both('USD', 'CNY', '2026-03-04')].map(value)).toEqual(['7/1', '8/1'])
    const ways = [
      rate('USD', 'EUR', '2026-03-03', '1'),
      rate('EUR', 'CNY', '2026-03-01', '5'),
      rate('USD', 'GBP', '2026-03-02', '1'),
      rate('GBP', 'CNY', '2026-03-02', '9'),
    ]
    expect([rateBook(ways), rateBook(ways.toReversed())].map((book) => value(book('USD', 'CNY', '2026-03-04')))).toEqual(['9/1', '9/1'])
  })
})

describe('an amount in another currency', () => {
  const day = '2026-03-02'
  const rateOf = rateBook([rate('JPY', 'CNY', day, '0.0485'), rate('KWD', 'CNY', day, '23.4567'), rate('USD', 'CNY', day, '7')])
  const of = (currency: string, minor: bigint) => ({ currency, day, minor })

  it('counts in the smallest unit of each: yen have none, dinars a thousandth', () => {
    expect(convertRounded([of('JPY', 1_000n)], 'CNY', rateOf)).toBe(4_850n)
    expect(convertRounded([of('KWD', 1_234n)], 'CNY', rateOf)).toBe(2_895n)
    expect(convertRounded([of('CNY', 4_850n)], 'JPY', rateOf)).toBe(1_000n)
    expect(convertRounded([of('USD', 9_007_199_254_740_993n)], 'CNY', rateOf)).toBe(63_050_394_783_186_951n)
  })

  it('is rounded once, after the sum: three halves of a fen are 1.5 and not three times zero', () => {
    const half = rateBook([rate('USD', 'CNY', day, '0.5')])
    expect(convertRounded([of('USD', 1n), of('USD', 1n), of('USD', 1n)], 'CNY', half)).toBe(2n)
    expect(convert([of('CNY', 1n), of('CNY', 1n), of('CNY', 1n)], 'USD', rateOf)).toEqual({ n: 3n, d: 7n })
  })

  it('names the currency and the day for which no rate is known; nothing needs none', () => {
    const error = {
      code: 'INSUFFICIENT_DATA',
      details: { reason: 'EXCHANGE_RATE_MISSING', parameters: { currency: 'GBP', wanted: 'CNY', day } },
    }
    expect(() => convert([of('USD', 1n), of('GBP', 1n)], 'CNY', rateOf)).toThrow(
      expect.objectContaining({
        ...error,
        details: expect.objectContaining({
          reason: 'EXCHANGE_RATE_MISSING',
          parameters: { currency: 'GBP', wanted: 'CNY', day, days: 10 },
        }),
      }),
    )
    expect(convertRounded([of('GBP', 0n)], 'CNY', rateOf)).toBe(0n)
  })
})
