import { expect, it } from 'vitest'
import { hideValues } from './hide-values.ts'

it.each([
  [
    'Variable "$input" got invalid value "13912345678" at "input.events[0].at"; DateTime cannot represent an invalid date-time-string 13912345678.',
    'Variable "$input" got an invalid value at "input.events[0].at"; DateTime cannot represent an invalid date-time-string',
  ],
  [
    'Variable "$first" got invalid value "13912345678"; Int cannot represent non-integer value: "13912345678"',
    'Variable "$first" got an invalid value; Int cannot represent non-integer value',
  ],
  ['DateTime cannot represent an invalid date-time-string 13912345678.', 'DateTime cannot represent an invalid date-time-string'],
])('a message does not show the rejected value: %s', (message, shown) => {
  expect(hideValues(message)).toBe(shown)
  expect(hideValues(shown)).toBe(shown)
})
