import { expect, it } from 'vitest'
import { reasonOf } from './bulk-operation.rules.ts'

it.each([
  ['FORBIDDEN', 'FORBIDDEN'],
  ['INVALID', 'INVALID'],
  ['TIMEOUT', 'TIMEOUT'],
  ['CONFLICT', 'INTERNAL'],
  ['toString', 'INTERNAL'],
])('an operation that ended with %s shows %s', (code, shown) => expect(reasonOf(code)).toBe(shown))
