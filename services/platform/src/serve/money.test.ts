import { describe, expect, it } from 'vitest'
import { readMinor } from './currency.rules.ts'
import { days, duration, readDuration, writeDays, writeDuration } from './duration.ts'
import { moneyInput, toMoney } from './money.ts'

describe('money', () => {
  it.each([
    [1_999, 'CNY', '19.99'],
    [5, 'CNY', '0.05'],
    [-5, 'CNY', '-0.05'],
    [0, 'CNY', '0.00'],
    [7_000, 'JPY', '7000'],
    ['1234', 'KWD', '1.234'],
    [9_007_199_254_740_993_111n, 'CNY', '90071992547409931.11'],
  ])('%s of the smallest unit of %s%s is %s', (minor, currency, amount) => {
    expect(toMoney(minor, currency)).toEqual({ amount, currency })
  })

  it.each([
    ['19.99', 'CNY', 1_999],
    ['19.9', 'CNY', 1_990],
    ['19.990000', 'CNY', 1_999],
    ['-0.05', 'CNY', -5],
    ['0', 'CNY', 0],
    ['-0', 'CNY', 0],
    ['7000', 'JPY', 7_000],
    ['7000.00', 'JPY', 7_000],
    ['1.234', 'KWD', 1_234],
  ])('%s %s is read as %s', (amount, currency, minor) => {
    expect(moneyInput.parse({ amount, currency })).toEqual({ minor, currency })
  })

  it.each([
    ['19.999', 'CNY', 'CNY has 2 decimal places'],
    ['0.5', 'JPY', 'JPY has 0 decimal places'],
    ['99999999999999.99', 'KWD', 'is too large'],
    ['1e3', 'CNY', 'must be a decimal number such as 19.99'],
    ['1,000', 'CNY', 'must be a decimal number such as 19.99'],
    ['１', 'CNY', 'must be a decimal number such as 19.99'],
    ['', 'CNY', 'must be a decimal number such as 19.99'],
    ['1', 'RMB', 'must be an ISO 4217 code such as CNY'],
    ['1', 'cny', 'must be an ISO 4217 code such as CNY'],
  ])('%s %s is refused: %s', (amount, currency, message) => {
    expect(moneyInput.safeParse({ amount, currency }).error?.issues.map((issue) => issue.message)).toEqual([message])
  })
})

describe('an amount as text', () => {
  it.each([
    ['19.99', 'CNY', 1_999],
    ['19.990', 'CNY', 1_999],
    ['+1', 'CNY', 100],
    [' 0.1 ', 'CNY', 10],
    ['-0.05', 'CNY', -5],
    ['-0', 'CNY', 0],
    ['1.1', 'KWD', 1_100],
    ['7000.0', 'JPY', 7_000],
    ['90071992547409.91', 'CNY', 9_007_199_254_740_991],
  ])('%s %s is exactly %s', (text, currency, minor) => expect(readMinor(text, currency)).toBe(minor))

  it.each([
    ['19.995', 'CNY'],
    ['0.5', 'JPY'],
    ['1.0001', 'KWD'],
    ['90071992547409.92', 'CNY'],
    ['1e3', 'CNY'],
    ['1,000.00', 'CNY'],
    ['¥1', 'CNY'],
    ['', 'CNY'],
    ['.', 'CNY'],
  ])('%s %s is none', (text, currency) => expect(readMinor(text, currency)).toBeUndefined())
})

describe('a duration', () => {
  it.each([
    ['P30D', 2_592_000],
    ['P1W', 604_800],
    ['PT1H30M', 5_400],
    ['P1DT30M', 88_200],
    ['PT0S', 0],
  ])('%s is %s seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds)
    expect(readDuration(writeDuration(seconds))).toBe(seconds)
  })

  it('is written with its days, and its time where it has one', () => {
    expect([writeDays(30), writeDuration(88_261), writeDuration(0)]).toEqual(['P30D', 'P1DT31M1S', 'PT0S'])
  })

  it.each(['', 'P', 'PT', 'P1DT', '30', 'P1M', 'P1Y', '-P1D', 'P1.5D', 'p1d'])('%s is none', (text) => {
    expect(readDuration(text)).toBeUndefined()
    expect(duration.safeParse(text).success).toBe(false)
  })

  it('may have to be whole days', () => {
    expect(days.parse('P1W')).toBe(7)
    expect(days.safeParse('PT1H').error?.issues[0]?.message).toBe('must be whole days, such as P30D')
  })
})
