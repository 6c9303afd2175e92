import { describe, expect, it } from 'vitest'
import { momentProblem } from './moments.rules.ts'
import { day, moment, pastMoment } from './moments.ts'
import { parse } from './parse.ts'

const now = new Date('2026-06-15T04:00:00Z')

describe('a moment that something happened', () => {
  it.each([
    ['0001-01-01T00:00:00Z', false],
    ['1989-12-31T23:59:59.999Z', false],
    ['1990-01-01T00:00:00Z', true],
    ['2026-06-16T04:00:00Z', true],
    ['2026-06-16T04:00:00.001Z', false],
    ['+275760-09-13T00:00:00Z', false],
    ['-000001-01-01T00:00:00Z', false],
    ['no time', false],
  ])('%s is taken: %s', (text, isTaken) => expect(momentProblem(new Date(text), now) === undefined).toBe(isTaken))

  it('is refused by the name of its field', () => {
    expect(() => pastMoment(new Date('0099-01-01'), now, 'at')).toThrow('at: must not lie before 1990')
    expect(() => pastMoment(new Date('2026-06-15T05:00:00Z'), now, 'at', 60_000)).toThrow('at: must not lie in the future')
    expect(pastMoment(now, now, 'at')).toBe(now)
  })
})

describe('a time of an input', () => {
  it.each(['0001-01-01T00:00:00Z', '1989-12-31T23:59:59Z', '2100-01-01T00:00:00.001Z', '+275760-09-13T00:00:00Z'])(
    '%s is refused',
    (text) => expect(() => parse(moment, text)).toThrow(/must (not )?lie before/),
  )
  it('lies from 1990 to 2100', () => {
    expect(parse(moment, '1990-01-01T00:00:00Z')).toEqual(new Date('1990-01-01T00:00:00Z'))
    expect(parse(day, '2099-12-31')).toBe('2099-12-31')
    for (const text of ['0001-01-01', '1989-12-31', '2100-01-01', '2026-02-30']) expect(() => parse(day, text)).toThrow()
  })
})
