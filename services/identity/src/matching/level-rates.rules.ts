import type { Comparison } from './comparison.rules.ts'
import type { Stock } from './stock.rules.ts'

/** The pairs among which those of one person are sought. */
export type Universe = {
  /** Their number. */
  pairs: number
  /** The records of one of them, by chance. */
  pick: () => readonly [number, number]
}

/** How often random pairs of records are on each level, and how often values occur. */
export type LevelRates = {
  levels: number[][]
  /** The least rate that a level may have, per field. */
  least: number[]
  /** Records by value, per field. */
  counts: number[][]
  texts: Map<number, string>[]
  /** Records with a value, per field. */
  having: number[]
  /** u of the rarest values, per field. */
  floors: number[]
}

const SAMPLE = 400_000

export function countLevels(stock: Stock, universe: Universe): LevelRates {
  const values = stock.comparisons.map((comparison) => countValues(comparison, stock.size()))
  const hits = sampleLevels(stock, universe)
  const levels = stock.comparisons.map(({ usual, rarest }, field) => {
    const [, ...counts] = hits[field]!
    const known = counts.reduce((sum, count) => sum + count, 0)
    const rates = usual.map((_share, level) => (counts[level]! + 0.3) / (known + 0.3 * usual.length))
    // The rate of equal values is known exactly, and is too small for a sample when values are rare.
    if (rarest > 0) rates[0] = Math.max(values[field]!.same, values[field]!.floor)
    return rates
  })
  return {
    levels,
    least: values.map(({ floor }) => floor * 0.5),
    counts: values.map(({ counts }) => counts),
    texts: values.map(({ texts }) => texts),
    having: values.map(({ having }) => having),
    floors: values.map(({ floor }) => floor),
  }
}

function countValues({ valueOf, shown, rarest }: Comparison, size: number) {
  const counts: number[] = [0]
  const texts = new Map<number, string>()
  let having = 0
  for (let record = 0; record < size; record++) {
    const value = valueOf(record)
    while (counts.length <= value) counts.push(0)
    if (value === 0) continue
    having++
    counts[value]!++
    if (counts[value] === 2) texts.set(value, shown(record))
  }
  const same = counts.reduce((sum, count) => sum + count * (count - 1), 0) / Math.max(1, having * (having - 1))
  // What is known of the kind and what this file shows, in equal parts: a small file shows no rare value as rare as it is.
  const floor = Math.sqrt(rarest * Math.max(rarest, 0.5 / Math.max(1, having)))
  return { counts, texts, having, same, floor }
}

function sampleLevels({ comparisons }: Stock, { pairs, pick }: Universe): Float64Array[] {
  const hits = comparisons.map(({ usual }) => new Float64Array(usual.length + 1))
  const draws = Math.min(SAMPLE, pairs * 2)
  for (let draw = 0; draw < draws; draw++) {
    const [a, b] = pick()
    for (let field = 0; field < comparisons.length; field++) hits[field]![comparisons[field]!.compare(a, b)]!++
  }
  return hits
}
