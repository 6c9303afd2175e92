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
    [field('DATE'), field('TEXT'), '2024-03-04', '2024-03-04'],
    [field('NUMBER'), field('TEXT'), '12.50', '12.50'],
    [field('NUMBER'), field('TEXT'), 'twelve', undefined],
    [many('TEXT'), field('TEXT'), 'tea', '["tea"]'],
    [field('TEXT'), many('TEXT'), '["tea"]', 'tea'],
    [field('TEXT'), many('TEXT'), '["tea","milk"]', undefined],
    [many('NUMBER'), many('TEXT'), '["1","x"]', undefined],
  ])('convert to another format, or do not', (to, from, value, expected) => {
    expect(converted(to, from, { value, original: value })).toBe(expected)
  })

  it('read what was written again by other rules of one kind, and the clean value by another kind', () => {
    const stored = { value: '2024-03-04', original: '03/04/2024' }
    const before = field('DATE', { dateFormats: ['MONTH_DAY_YEAR'] })
    expect(converted(field('DATE', { dateFormats: ['DAY_MONTH_YEAR'] }), before, stored)).toBe('2024-04-03')
    expect(converted(field('DATE'), before, stored)).toBe('2024-03-04')
    expect(converted(field('TEXT'), before, stored)).toBe('2024-03-04')
    const region = { value: '330106', original: '杭州市西湖区文三路' }
    expect(converted(field('OPTION', { options: ['杭州市西湖区文三路'] }), field('REGION'), region)).toBe('杭州市西湖区文三路')
  })

  it.each([
    ['NUMBER', '１２．５', '12.5'],
    ['BOOLEAN', 'ＴＲＵＥ', 'true'],
    ['PHONE', '０１３９　１２３４ ５６７８', '+8613912345678'],
    ['PHONE', '10-12345678', '+861012345678'],
    ['EMAIL', 'Ann@Example.COM', 'ann@example.com'],
    ['MONEY', 'CNY 1,200', '1200.00 CNY'],
    ['REGION', '广东省深圳市南山区科技园路1号', '440305'],
    ['DATE', '２０２４－０２－２９', '2024-02-29'],
  ] as const)('of the kind %s are cleaned: %s is %s', (kind, text, value) => {
    expect(checkValue(field(kind), text)).toBe(value)
  })

  it.each([
    ['PHONE', '1.39123E+10', 'ATTRIBUTE_SPREADSHEET_NUMBER'],
    ['PHONE', '13912345678.0', 'ATTRIBUTE_SPREADSHEET_NUMBER'],
    ['NUMBER', '1.2E+5', 'ATTRIBUTE_SPREADSHEET_NUMBER'],
    ['PHONE', '12', 'ATTRIBUTE_NOT_PHONE'],
    ['EMAIL', 'ann', 'ATTRIBUTE_NOT_EMAIL'],
    ['MONEY', '12', 'ATTRIBUTE_NO_CURRENCY'],
    ['MONEY', 'twelve', 'ATTRIBUTE_NOT_MONEY'],
    ['REGION', '朝阳区', 'ATTRIBUTE_REGION_AMBIGUOUS'],
    ['REGION', 'Baker Street', 'ATTRIBUTE_NOT_REGION'],
    ['DATE', '03/04/2024', 'ATTRIBUTE_NOT_DAY'],
  ] as const)('of the kind %s are refused with their reason: %s', (kind, text, reason) => {
    expect(() => checkValue(field(kind), text)).toThrow(expect.objectContaining({ details: expect.objectContaining({ reason }) }))
  })

  it('that are two days are refused', () => {
    const both = field('DATE', { dateFormats: ['DAY_MONTH_YEAR', 'MONTH_DAY_YEAR'] })
    expect(() => checkValue(both, '03/04/2024')).toThrow('several formats')
    expect(checkValue(both, '13/04/2024')).toBe('2024-04-13')
  })

  it('have a type by the kind of their field, and before they are converted their text alone', () => {
    const none = { number: null, boolean: null, date: null, money: null, region: null }
    expect(typedParts('NUMBER', '12.50')).toEqual({ ...none, text: '12.50', number: '12.50' })
    expect(typedParts('BOOLEAN', 'false')).toEqual({ ...none, text: 'false', boolean: false })
    expect(typedParts('DATE', '2024-02-29')).toEqual({ ...none, text: '2024-02-29', date: '2024-02-29' })
    expect(typedParts('MONEY', '12.50 CNY')).toEqual({ ...none, text: '12.50 CNY', money: { amount: '12.50', currency: 'CNY' } })
    expect(typedParts('REGION', '330106')).toEqual({ ...none, text: '330106', region: { code: '330106', name: '浙江省 杭州市 西湖区' } })
    for (const kind of ['NUMBER', 'BOOLEAN', 'DATE', 'TEXT', 'OPTION', 'MONEY', 'REGION'] as const)
      expect(typedParts(kind, 'tea')).toEqual({ ...none, text: 'tea' })
  })
})
