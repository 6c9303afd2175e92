import { describe, expect, it } from 'vitest'
import { labelledQuality, type Stratum } from './labelled-quality.rules.ts'
import { bandsOf, drawPairs } from './sample-pairs.rules.ts'

const SURE = { value: 1, low: 1, high: 1 }

/** A source of chance with a seed (Park and Miller 1988). */
function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Pairs whose model is wrong: of those that it gives the probability p, the share p² is of one person. */
function population(random: () => number, count = 20_000) {
  const probabilities = Float32Array.from({ length: count }, () => (random() < 0.7 ? random() * 0.05 : random() ** 0.3))
  const truth = Array.from(probabilities, (p) => random() < p ** 2)
  const pairs = Float64Array.from({ length: count }, (_none, at) => at)
  const [linked, same] = [truth.filter((_one, at) => probabilities[at]! >= 0.9), truth.filter(Boolean)]
  const found = linked.filter(Boolean).length
  return { probabilities, truth, pairs, precision: found / linked.length, recall: found / same.length }
}

describe('labelledQuality', () => {
  it('is right about nine times in ten or more by labels of a small sample, where the model by itself is wrong', () => {
    const random = chanceOf(11)
    let [precisions, recalls] = [0, 0]
    for (let run = 0; run < 60; run++) {
      const { probabilities, truth, pairs, ...real } = population(random)
      const bands = bandsOf(probabilities, [0.1, 0.9])
      const drawn = drawPairs(pairs, probabilities, bands, random)
      const strata = bands.map(({ from, to, ...band }): Stratum => {
        const labels = drawn.filter(({ probability }) => probability >= from && probability < to).map(({ b }) => truth[b]!)
        return { ...band, labelled: labels.length, same: labels.filter(Boolean).length, isLinked: from >= 0.9 }
      })
      const { precision, recall } = labelledQuality(strata, SURE)
      if (precision.low <= real.precision && real.precision <= precision.high) precisions++
      if (recall.low <= real.recall && real.recall <= recall.high) recalls++
      expect(precision.high - precision.low).toBeLessThan(0.4)
    }
    expect(precisions).toBeGreaterThanOrEqual(52)
    expect(recalls).toBeGreaterThanOrEqual(52)
  })

  it('keeps to the model, with a wide interval, where nobody has labelled a pair', () => {
    const band = { pairs: 100, labelled: 0, same: 0 }
    const { precision } = labelledQuality([{ ...band, expected: 0.95, isLinked: true }], SURE)
    expect(precision.value).toBeCloseTo(0.95)
    expect(precision.low).toBeLessThan(0.5)
    expect(labelledQuality([], SURE).recall.value).toBe(1)
  })

  it('counts pairs that are never compared as missed', () => {
    const stratum = { pairs: 100, expected: 0.9, labelled: 50, same: 50, isLinked: true }
    expect(labelledQuality([stratum], { value: 0.5, low: 0.4, high: 0.6 }).recall.value).toBeCloseTo(0.5)
  })
})

describe('drawPairs', () => {
  it('draws twenty pairs of each band, and all of a smaller one, none below the bands', () => {
    const probabilities = Float32Array.from({ length: 1_000 }, (_none, at) => (at < 5 ? 0.95 : at < 500 ? 0.2 : 0.0001))
    const pairs = Float64Array.from({ length: 1_000 }, (_none, at) => at)
    const bands = bandsOf(probabilities, [0.5])
    expect(bands.reduce((sum, band) => sum + band.pairs, 0)).toBe(500)
    const drawn = drawPairs(pairs, probabilities, bands, chanceOf(5))
    expect(drawn.filter(({ probability }) => probability > 0.9)).toHaveLength(5)
    expect(new Set(drawn.map(({ b }) => b)).size).toBe(25)
  })
})
