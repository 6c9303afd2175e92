import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLASS_NAMES, classify, describeClass, type RfmInput } from './rfm.rules.ts'

const people = (...rows: [r: number, f: number, m: number][]): RfmInput[] =>
  rows.map(([recencyDays, frequency, monetaryMinor], no) => ({ customerId: String(no), recencyDays, frequency, monetaryMinor }))
const classes = (rows: RfmInput[], ...rest: Parameters<typeof classify> extends [unknown, ...infer R] ? R : never) =>
  classify(rows, ...rest).map((one) => one.rfmClass)
const CUTS = { recencyDays: 30, frequency: 5, monetaryMinor: 1_000 }

describe('RFM', () => {
  it.each([
    [10, 9, 9_000, 'KEY_VALUE', '重要价值客户'],
    [10, 1, 9_000, 'KEY_DEVELOP', '重要发展客户'],
    [90, 9, 9_000, 'KEY_RETAIN', '重要保持客户'],
    [90, 1, 9_000, 'KEY_WIN_BACK', '重要挽留客户'],
    [10, 9, 1, 'GENERAL_VALUE', '一般价值客户'],
    [10, 1, 1, 'GENERAL_DEVELOP', '一般发展客户'],
    [90, 9, 1, 'GENERAL_RETAIN', '一般保持客户'],
    [90, 1, 1, 'GENERAL_WIN_BACK', '一般挽留客户'],
    [30, 5, 1_000, 'KEY_VALUE', '重要价值客户'],
  ])('R %i F %i M %i is %s %s', (r, f, m, name, label) => {
    expect(classes(people([r, f, m]), 'FIXED', CUTS)).toEqual([name])
    expect(describeClass(name).label).toBe(label)
  })

  it('counts a value on the mean or median as high', () => {
    const rows = people([1, 1, 10], [1, 1, 10], [1, 1, 10], [1, 1, 10], [3, 3, 30], [3, 3, 30], [3, 3, 30], [3, 3, 30], [2, 2, 20])
    expect(classes(rows, 'MEAN', undefined).at(-1)).toBe('KEY_VALUE')
    expect(classes(rows, 'MEDIAN', undefined).at(-1)).toBe('KEY_VALUE')
  })

  it('needs eight customers and some difference, unless lines are given', () => {
    const seven = people(...Array.from({ length: 7 }, (_, no): [number, number, number] => [no, no + 1, no * 10]))
    const flat = people(...Array.from({ length: 9 }, (_, no): [number, number, number] => [no, 1, no * 10]))
    for (const rows of [seven, flat, []]) {
      for (const method of ['MEAN', 'MEDIAN', 'QUINTILE'] as const)
        expect(() => classify(rows, method, undefined)).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_DATA' }))
    }
    expect(classify(seven, 'FIXED', CUTS)).toHaveLength(7)
    expect(() => classify(seven, 'FIXED', undefined)).toThrow(expect.objectContaining({ code: 'INVALID' }))
  })

  it('scores 1 to 5 by how many are strictly worse; equals are equal', () => {
    const rows = people(...Array.from({ length: 10 }, (_, no): [number, number, number] => [no, Math.floor(no / 2) + 1, no * 10]))
    const scored = classify(rows, 'QUINTILE', undefined)
    expect(scored.map((one) => one.monetaryScore)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    expect(scored.map((one) => one.recencyScore)).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1, 1])
    expect(scored[0]!.frequencyScore).toBe(scored[1]!.frequencyScore)
  })

  it('gives each customer exactly one class, whatever their order', () => {
    const row = fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 50 }), fc.integer({ min: -100, max: 100_000 }))
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 8, maxLength: 60 }),
        fc.constantFrom('MEAN' as const, 'MEDIAN' as const, 'QUINTILE' as const),
        (rows, method) => {
          const customers = people(...rows)
          const run = (list: RfmInput[]) => {
            try {
              return Object.fromEntries(classify(list, method, undefined).map((one) => [one.customerId, one.rfmClass]))
            } catch {
              return undefined
            }
          }
          const [forward, backward] = [run(customers), run(customers.toReversed())]
          expect(backward).toEqual(forward)
          if (forward) expect(Object.values(forward).every((name) => CLASS_NAMES.includes(name))).toBe(true)
        },
      ),
    )
  })
})
