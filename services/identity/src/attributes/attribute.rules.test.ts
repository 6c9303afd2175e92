import { describe, expect, it } from 'vitest'
import { checkValue, survivingValues } from './attribute.rules.ts'
import type { Field } from './attribute.table.ts'

describe('attributes', () => {
  const field = (type: Field['type'], options: string[] = []): Field => ({
    tenantId: 't',
    key: 'k',
    label: 'l',
    type,
    sensitivity: 'NONE',
    options,
    createdAt: new Date(),
  })

  it('must have the format of their field', () => {
    expect(checkValue(field('DATE'), '2024-02-29')).toBe('2024-02-29')
    for (const [type, value] of [
      ['DATE', '2024-02-30'],
      ['DATE', '01/02/2024'],
      ['NUMBER', '12abc'],
      ['NUMBER', '1e309'],
      ['BOOLEAN', 'yes'],
      ['OPTION', 'c'],
    ] as const) {
      expect(() => checkValue(field(type, ['a', 'b']), value)).toThrow()
    }
  })

  it('survive by the time they were seen, whatever the order of the rows', () => {
    const row = (source: string, day: number) => ({ key: 'city', source, observedAt: new Date(2026, 0, day) })
    const rows = [row('b', 3), row('a', 3), row('c', 1)]
    for (const order of [rows, rows.toReversed()]) expect(survivingValues(order)).toEqual([row('a', 3)])
  })
})
