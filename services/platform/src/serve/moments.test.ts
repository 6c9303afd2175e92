import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inOrder, isInOrder, momentProblem } from './moments.rules.ts'
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

describe('a span', () => {
  it.each([
    ['2026-03-01', '2026-03-01', true],
    ['2026-03-02', '2026-03-01', false],
    [new Date('2026-03-02'), '2026-03-01T00:00:00Z', false],
    ['2026-03-01T00:00:00Z', new Date('2026-03-02'), true],
    [10, 9, false],
    [9, 10, true],
    [null, '2026-03-01', true],
    [undefined, 1, true],
    [1, null, true],
  ])('from %s to %s is in order: %s', (start, end, isRight) => expect(isInOrder(start, end)).toBe(isRight))

  it('that ends before it starts is refused by the name of its end', () => {
    const schema = z.object({ from: z.string(), to: z.string().nullish() }).refine(...inOrder('from', 'to'))
    expect(() => parse(schema, { from: '2026-03-02', to: '2026-03-01' })).toThrow('to: must not lie before from')
    expect(parse(schema, { from: '2026-03-02', to: null })).toEqual({ from: '2026-03-02', to: null })
  })
})
