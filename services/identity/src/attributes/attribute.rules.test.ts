import { describe, expect, it } from 'vitest'
import { checkValue, converted, isPublished } from './attribute.rules.ts'
import type { AttributeField } from './attribute.table.ts'
import { nameField } from './attribute-field.rules.ts'
import { typedParts } from './typed-value.rules.ts'

const field = (kind: AttributeField['kind'], more: Partial<AttributeField> = {}): AttributeField => ({ ...nameField('t'), kind, ...more })
const many = (kind: AttributeField['kind']) => field(kind, { cardinality: 'MANY' })

describe('attributes', () => {
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
      expect(() => checkValue(field(kind, { options: ['a', 'b'] }), value)).toThrow()
    }
  })

  it('of a field of many are a list of different texts, each in the format', () => {
    expect(checkValue(many('NUMBER'), '["1","2","1"]')).toBe('["1","2"]')
    expect(checkValue(many('TEXT'), 'tea')).toBe('["tea"]')
    expect(checkValue(many('TEXT'), '[tea')).toBe('["[tea"]')
    expect(() => checkValue(many('NUMBER'), '["1","x"]')).toThrow('decimal')
    expect(() => checkValue(many('TEXT'), '[]')).toThrow('list')
    expect(() => checkValue(many('TEXT'), JSON.stringify(Array.from({ length: 51 }, (_, no) => String(no))))).toThrow('list')
    expect(() => checkValue(many('TEXT'), JSON.stringify(['x'.repeat(999)]))).toThrow('characters')
  })

  it('are published when they are one text that is not personal', () => {
    expect([field('TEXT', { sensitivity: 'NONE' }), many('TEXT'), field('TEXT')].map(isPublished)).toEqual([true, false, false])
  })

  it.each([
    [field('NUMBER'), field('TEXT'), '12.50', '12.50'],
    [field('NUMBER'), field('TEXT'), 'twelve', undefined],
    [many('TEXT'), field('TEXT'), 'tea', '["tea"]'],
    [field('TEXT'), many('TEXT'), '["tea"]', 'tea'],
    [field('TEXT'), many('TEXT'), '["tea","milk"]', undefined],
    [many('NUMBER'), many('TEXT'), '["1","x"]', undefined],
  ])('convert to another format, or do not', (to, from, value, expected) => {
    expect(converted(to, from, value)).toBe(expected)
  })

  it('have a type by the kind of their field, and before they are converted their text alone', () => {
    const none = { number: null, boolean: null, date: null }
    expect(typedParts('NUMBER', '12.50')).toEqual({ ...none, text: '12.50', number: '12.50' })
    expect(typedParts('BOOLEAN', 'false')).toEqual({ ...none, text: 'false', boolean: false })
    expect(typedParts('DATE', '2024-02-29')).toEqual({ ...none, text: '2024-02-29', date: '2024-02-29' })
    for (const kind of ['NUMBER', 'BOOLEAN', 'DATE', 'TEXT', 'OPTION'] as const)
      expect(typedParts(kind, 'tea')).toEqual({ ...none, text: 'tea' })
  })
})
