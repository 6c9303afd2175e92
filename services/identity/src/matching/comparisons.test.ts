import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Column, Kind } from './kinds.rules.ts'
import { KINDS } from './kinds.rules.ts'
import { isOneEdit, jaroWinkler, soundOf } from './similarity.rules.ts'
import { createStock } from './stock.rules.ts'

/** The meaning of the level of two records of one or more columns, by the name of the comparison. */
function levels(kinds: readonly Kind[], a: readonly string[], b: readonly string[]): Record<string, string | undefined> {
  const columns = kinds.map((kind, index): Column => ({ name: `${kind} ${index}`, kind }))
  const { comparisons } = createStock(columns, [a, b])
  return Object.fromEntries(comparisons.map(({ name, levels: meanings, compare }) => [name, meanings[compare(0, 1) - 1]]))
}

const level = (kind: Kind, a: string, b: string) => Object.values(levels([kind], [a], [b]))[0]

it.each([
  ['given_name', 'William', 'Bill', 'form of one name'],
  ['given_name', 'Bill', 'Will', 'form of one name'],
  ['given_name', 'Katherine', 'Kathreine', 'one letter or same sound'],
  ['given_name', 'George', 'G.', 'initial'],
  ['given_name', 'George', 'Hugh', 'different'],
  ['birth_date', '1990-05-17', '17/05/1990', 'same'],
  ['birth_date', '1990年5月7日', '19900705', 'one digit, or day and month exchanged'],
  ['birth_date', '19900517', '19900516', 'one digit, or day and month exchanged'],
  ['birth_date', '1990-05-17', '1990-01-01', 'same month, within 31 days, or only the year is known'],
  ['birth_date', '1990-05-17', '1973-05-17', 'same day, other year'],
  ['birth_date', '1990-05-17', '1931-11-02', 'different'],
  ['phone', '+86 137-1234-5678', '13712345678', 'same'],
  ['phone', '13712345678', '13712345679', 'one digit'],
  ['phone', '020 8123 4567', '8123 4567', 'same last seven digits'],
  ['email', 'li.na@example.com', 'LI.NA@example.com', 'same'],
  ['email', 'li.na@example.com', 'li.na@mail.example', 'same name at another host'],
  ['postcode', 'SW1A 2AA', 'SW1A2AB', 'one digit'],
  ['postcode', 'SW1A 2AA', 'SW1A 1BB', 'same area'],
  ['postcode', 'SW1A 2AA', 'SW9 1BB', 'same region'],
  ['postcode', 'AB15 4BR', 'AB15 6AW', 'same area'],
  ['street', '广东省深圳市南山区科技路1号', '深圳市南山区科技路1号', 'one letter'],
  ['street', '广东省深圳市南山区科技路1号', '南山区科技路1号', 'most words'],
  ['company', '深圳某某科技有限公司', '深圳某某科技', 'same'],
  ['company', 'Acme Widgets Ltd', 'ACME Widgets', 'same'],
  ['gender', '男', 'M', 'same'],
] as const)('%s: %s and %s', (kind, a, b, meaning) => {
  expect(level(kind, a, b)).toBe(meaning)
})

it.each([
  ['王伟', '王偉', 'same', 'same'],
  ['王伟', 'Wei Wang', 'form of one name', 'one letter or same sound'],
  ['王伟', '王炜', 'one letter or same sound', 'same'],
  ['欧阳修', '歐陽脩', 'same', 'same'],
  ['王伟', '李娜', 'different', 'different'],
  ['Thomas Clifford', 'Clifford, Thomas', 'same', 'same'],
  ['Thomas George Clifford', 'George Clifford', 'elsewhere in the name', 'same'],
] as const)('names: %s and %s', (a, b, given, family) => {
  expect(levels(['full_name'], [a], [b])).toMatchObject({ 'given name': given, 'family name': family })
})

it('finds a given name in the column of family names, and a street in the other column of streets', () => {
  const kinds = ['given_name', 'family_name', 'street', 'street'] as const
  const found = levels(kinds, ['lachlan', 'berry', 'giblin street', 'killarney'], ['berry', 'lachlan', 'killarney', 'giblin street'])
  expect(found).toMatchObject({ 'given name': 'elsewhere in the name', 'family name': 'elsewhere in the name' })
  expect(found).toMatchObject({ 'street street 2': 'in another column', 'street street 3': 'in another column' })
})

it('is on no level when a value is missing', () => {
  for (const kind of KINDS) expect(level(kind, 'unknown', '2')).toBeUndefined()
})

it('is symmetric, and the best level for equal values', () => {
  const value = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('1990-02-30', '王小明', '广州市天河路1号', 'a@b.cn', '13800000000'))
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), value, value, (kind, a, b) => {
      expect(level(kind, a, b)).toBe(level(kind, b, a))
      const own = createStock([{ name: 'x', kind }], [[a], [a]]).comparisons[0]!
      expect([0, 1]).toContain(own.compare(0, 1))
    }),
  )
})

it('measures distances by known answers', () => {
  expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.9611, 4)
  expect(jaroWinkler('dwayne', 'duane')).toBeCloseTo(0.84, 4)
  expect(jaroWinkler('dixon', 'dicksonx')).toBeCloseTo(0.8133, 4)
  expect(['ab', 'ba', 'abc', 'a', 'xb', 'axb'].map((one) => isOneEdit('ab', one))).toEqual([true, true, true, true, true, true])
  expect([isOneEdit('abcd', 'badc'), isOneEdit('ab', 'cd'), isOneEdit('ab', 'abcd')]).toEqual([false, false, false])
  expect([soundOf('robert'), soundOf('rupert'), soundOf('王')]).toEqual(['r163', 'r163', ''])
})
