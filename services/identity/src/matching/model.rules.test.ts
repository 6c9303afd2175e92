import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { disagreementOf, type FieldModel, frequencyBits, posterior, weightOf } from './model.rules.ts'

// Known answers of Fellegi and Sunter: m, u, weight of agreement, weight of disagreement.
const ORACLES = [
  ['phone', 0.95, 1e-6, 19.8576, -4.3219],
  ['email', 0.9, 1e-6, 19.7796, -3.3219],
  ['name', 0.85, 0.002, 8.7313, -2.7341],
  ['birthday', 0.97, 1 / 21_900, 14.3747, -5.0588],
  ['city', 0.9, 0.05, 4.1699, -3.2479],
] as const

describe('weights', () => {
  it.each(ORACLES)('of %s', (_name, m, u, agreement, disagreement) => {
    expect(weightOf(m, u)).toBeCloseTo(agreement, 4)
    expect(disagreementOf(m, u)).toBeCloseTo(disagreement, 4)
  })

  it('add up to the posterior', () => {
    const [name, birthday, city] = [ORACLES[2], ORACLES[3], ORACLES[4]]
    const mixed = weightOf(name[1], name[2]) + weightOf(city[1], city[2]) + disagreementOf(birthday[1], birthday[2])
    expect(mixed).toBeCloseTo(7.8424, 4)
    expect(posterior(1e-4, mixed)).toBeCloseTo(0.022438, 6)
    const all = weightOf(name[1], name[2]) + weightOf(city[1], city[2]) + weightOf(birthday[1], birthday[2])
    expect(all).toBeCloseTo(27.2759, 4)
    expect(posterior(1e-4, all)).toBeCloseTo(0.999938, 6)
  })

  it('raise the posterior, which is the prior without evidence', () => {
    const prior = fc.double({ min: 1e-9, max: 0.5, noNaN: true })
    const weight = fc.double({ min: 0.01, max: 40, noNaN: true })
    fc.assert(
      fc.property(prior, weight, (one, bits) => {
        expect(posterior(one, 0)).toBeCloseTo(one, 9)
        expect(posterior(one, bits)).toBeGreaterThan(one)
        expect(posterior(one, -bits)).toBeLessThan(one)
      }),
    )
  })
})

it('a common value proves less than a rare one', () => {
  const field: FieldModel = {
    name: 'family name',
    columns: ['name'],
    levels: [{ meaning: 'same', m: 0.9, u: 0.01 }],
    frequencies: { 王: 0.07, 欧阳: 0.001 },
    rarest: 1e-5,
  }
  expect(frequencyBits(field, '王')).toBeLessThan(0)
  expect(frequencyBits(field, '欧阳')).toBeGreaterThan(0)
  expect(frequencyBits(field, '澹台')).toBeCloseTo(Math.log2(0.01 / 1e-5), 9)
  expect(frequencyBits({ ...field, rarest: 0 }, '王')).toBe(0)
})
