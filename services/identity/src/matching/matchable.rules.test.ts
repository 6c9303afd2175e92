import { describe, expect, it } from 'vitest'
import { blockingKeys } from './blocking-keys.rules.ts'
import { createComparer } from './compare-records.rules.ts'
import { mayJoin } from './join.rules.ts'
import { COLUMNS, recordOf } from './matchable.rules.ts'
import { LEVEL_CODES, levelSentence, MEANINGS } from './sentences.rules.ts'

const stated = (values: Record<string, string>) => recordOf(Object.entries(values).map(([key, value]) => ({ key, value })))
const common = (a: Record<string, string>, b: Record<string, string>) => {
  const keys = new Set(blockingKeys(stated(b)))
  return blockingKeys(stated(a)).filter((key) => keys.has(key))
}

describe('recordOf', () => {
  it('puts values into the columns of their kinds, whatever sources call them, the best first', () => {
    const record = recordOf([
      { key: 'birthday', value: '1988-05-17' },
      { key: 'phone', value: '+8613912345678' },
      { key: 'phone', value: '+8613912345678' },
      { key: 'mobile', value: '+8613700000000' },
      { key: 'phone', value: '+8613800000001' },
      { key: 'dob', value: '1990-01-02' },
      { key: 'favourite_colour', value: 'blue' },
      { key: 'ssn', value: '123-45-6789' },
    ])
    const filled = COLUMNS.flatMap(({ name }, at) => (record[at] ? [[name, record[at]]] : []))
    expect(filled).toEqual([
      ['birth_date', '1988-05-17'],
      ['phone', '+8613912345678'],
      ['phone_2', '+8613700000000'],
    ])
  })
})

describe('blockingKeys', () => {
  it('are shared by records of one person that are written in another way', () => {
    const li = { name: '李晓明', birthday: '1988-05-17', city: '杭州' }
    const others: Record<string, string>[] = [
      { name: 'Xiaoming Li', birthday: '1988-05-17' },
      { name: '李小明', birthday: '1988-05-18', city: '杭州市' },
      { name: '李晓明' },
    ]
    for (const other of others) expect(common(li, other), JSON.stringify(other)).not.toEqual([])
    expect(common({ name: 'Ming Li' }, { name: 'Li, Ming' })).not.toEqual([])
    expect(common({ name: 'Bill Gates', birthday: '1955-10-28' }, { name: 'William Gates', birthday: '1955-10-28' })).not.toEqual([])
    expect(common({ phone: '+8613912345678' }, { phone: '13912345678', name: 'x' })).not.toEqual([])
    expect(common({ email: 'xiaoming.li@a.example' }, { email: 'xiaoming.li@b.example' })).not.toEqual([])
  })

  it('are not made of what many people share', () => {
    expect(blockingKeys(stated({ city: '杭州', gender: 'male', birthday: '1988' }))).toEqual([])
    expect(common({ email: 'info@a.example' }, { email: 'info@b.example' })).toEqual([])
    expect(common({ name: '王伟', birthday: '1988-01-01', city: '杭州' }, { name: '李强', birthday: '1988-01-01', city: '杭州' })).toEqual(
      [],
    )
    expect(blockingKeys(stated({}))).toEqual([])
  })
})

describe('mayJoin', () => {
  const scores = (rows: Record<string, [evidence: number, bits: number]>) => ({
    evidence: (a: number, b: number) => rows[`${a}${b}`]![0],
    bits: (a: number, b: number) => rows[`${a}${b}`]![1],
  })
  const bounds = { lower: 0.1, upper: 0.99 }

  it('joins by the mean of all pairs, and not where two profiles contradict each other', () => {
    expect(mayJoin([0], [1], scores({ '01': [25, 11] }), bounds)).toBe(true)
    expect(mayJoin([0], [1], scores({ '01': [16, 3] }), bounds)).toBe(false)
    expect(mayJoin([0, 2], [1], scores({ '01': [25, 11], '21': [25, 9] }), bounds)).toBe(true)
    expect(mayJoin([0, 2], [1], scores({ '01': [40, 26], '21': [-8, -22] }), { ...bounds, upper: 0.2 })).toBe(false)
    expect(mayJoin([0, 2], [1], scores({ '01': [40, 26], '21': [-8, -22] }), { lower: 1e-9, upper: 0.99 })).toBe(false)
  })

  it('does not mind a profile without values, and joins none of such alone', () => {
    expect(mayJoin([0, 2], [1], scores({ '01': [25, 11], '21': [0, -13] }), bounds)).toBe(true)
    expect(mayJoin([2], [1], scores({ '21': [0, -13] }), bounds)).toBe(false)
  })
})

it('every level of every field has a code and a sentence in both languages', () => {
  for (const [field, meanings] of MEANINGS)
    for (const meaning of meanings) {
      const { code, english, chinese } = levelSentence(field, meaning)
      expect(code, `${field}: ${meaning}`).not.toBe('MISSING')
      expect(LEVEL_CODES).toContain(code)
      expect(english).not.toMatch(/_|undefined/)
      expect(chinese).toMatch(/^\p{Script=Han}+：\p{Script=Han}/u)
    }
  expect(levelSentence('phone', null).code).toBe('MISSING')
})

it('a comparison vector adds up to the evidence', async () => {
  const { MODEL } = await import('../../test/matching.ts')
  const [a, b] = [
    stated({ name: '李晓明', birthday: '1988-05-17', city: '杭州' }),
    stated({ name: '李小明', birthday: '1988-05-17', gender: '男' }),
  ]
  const { levels, evidence } = createComparer(MODEL, [a, b])
  expect(levels(0, 1).map(({ field }) => field)).toEqual(['given name', 'family name', 'birth_date'])
  expect(levels(0, 1).reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(evidence(0, 1), 2)
})
