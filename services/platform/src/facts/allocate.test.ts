import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate } from './allocate.rules.ts'

describe('an amount', () => {
  it('is divided exactly: ties go to the earlier weight, and what is negative is divided like its opposite', () => {
    expect(allocate(12, [4, 3, 10, 1])).toEqual([3, 2, 7, 0])
    expect(allocate(-12, [4, 3, 10, 1])).toEqual([-3, -2, -7, 0])
    expect(allocate(12, [-4, -3, -10, -1])).toEqual([3, 2, 7, 0])
    expect(allocate(1, [1, 1, 1])).toEqual([1, 0, 0])
    expect([allocate(5, []), allocate(0, [3, 4]), allocate(5, [0, 0]), allocate(5, [2, -2])]).toEqual([[], [0, 0], [0, 0], [0, 0]])
    expect(allocate(10n ** 30n + 1n, [10n ** 30n, 10n ** 30n])).toEqual([5n * 10n ** 29n + 1n, 5n * 10n ** 29n])
    const most = Number.MAX_SAFE_INTEGER
    expect(allocate(most, [most, most - 1]).reduce((a, b) => a + b)).toBe(most)
  })

  it('is divided by the largest remainders of exact fractions', () => {
    const amounts = fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 10n ** 25n }))
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 12 }), amounts, fc.boolean(), (lines, amount, isNegative) => {
        const total = lines.reduce((sum, one) => sum + one, 0n)
        fc.pre(total > 0n)
        const shares = allocate(isNegative ? -amount : amount, lines).map((share) => (isNegative ? -share : share))
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(amount)
        // Of each line: the numerator of share - exact share, over the total. It is above -1 and below 1.
        const over = shares.map((share, index) => share * total - amount * lines[index]!)
        expect(over.every((one) => one > -total && one < total)).toBe(true)
        // A line that was rounded up has a remainder at least as large as one that was not, and a larger one if it is later.
        const rest = lines.map((line) => (amount * line) % total)
        for (const [up] of over.entries())
          for (const [down] of over.entries())
            if (over[up]! > 0n && over[down]! <= 0n && rest[down]! > 0n)
              expect(rest[up]! > rest[down]! || (rest[up] === rest[down] && up < down)).toBe(true)
      }),
    )
  })
})
