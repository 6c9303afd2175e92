import { expect, it } from 'vitest'
import { keyWeeks } from './key-weeks.rules.ts'

it.each([
  ['a Wednesday', '2026-12-02T10:00:00Z', 7, ['2026-11-30'], '2026-11-23'],
  ['a Sunday', '2026-12-06T23:59:59.999Z', 7, ['2026-11-30'], '2026-11-23'],
  ['just after midnight of a Monday', '2026-12-07T00:00:00Z', 7, ['2026-11-30', '2026-12-07'], '2026-11-30'],
  ['ten minutes later', '2026-12-07T00:10:00Z', 7, ['2026-12-07'], '2026-11-30'],
  ['a longer window', '2026-12-07T12:00:00Z', 30, ['2026-12-07'], '2026-11-02'],
  ['a day before 1970', '1969-12-31T12:00:00Z', 7, ['1969-12-29'], '1969-12-22'],
])('the weeks of keys on %s', (_title, now, keepDays, own, since) => {
  expect(keyWeeks(new Date(now), keepDays)).toEqual({ own, since })
})
