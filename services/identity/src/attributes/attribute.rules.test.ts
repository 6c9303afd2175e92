import { describe, expect, it } from 'vitest'
import { checkValue } from './attribute.rules.ts'
import type { AttributeField } from './attribute.table.ts'
import { nameField } from './attribute-field.rules.ts'

describe('attributes', () => {
  const field = (kind: AttributeField['kind'], options: string[] = []): AttributeField => ({ ...nameField('t'), kind, options })

  it('must have the format of their field', () => {
    expect(checkValue(field('DATE'), '2024-02-29')).toBe('2024-02-29')
    for (const [kind, value] of [
      ['DATE', '2024-02-30'],
      ['DATE', '01/02/2024'],
      ['NUMBER', '12abc'],
      ['NUMBER', '1e309'],
      ['BOOLEAN', 'yes'],
      ['OPTION', 'c'],
    ] as const) {
      expect(() => checkValue(field(kind, ['a', 'b']), value)).toThrow()
    }
  })
})
