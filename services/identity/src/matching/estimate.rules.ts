import type { Comparison } from './comparison.rules.ts'
import { countLevels, type LevelRates, type Universe } from './level-rates.rules.ts'
import { type FieldModel, type Model, priorBits, weightOf } from './model.rules.ts'
import type { Stock } from './stock.rules.ts'

const ROUNDS = 30
/** After so many rounds, pairs whose odds are negligible are left out. */
const PRUNED = 3
/** Pairs of records of one person that the shipped estimates of m count for. */
const STRENGTH = 30
/** A pair whose odds are below this many bits has no part in the estimate. */
const NEGLIGIBLE = -14
/** Blocked pairs from which the model is estimated, at most. */
const SAMPLE = 400_000
const SHIFT = 67_108_864
/** Where the search starts: pairs of one person per record. */
const STARTS = [0.3, 3]

type State = { m: number[][]; u: number[][]; prior: number }

/**
 * Estimates a model without labels. u is counted on random pairs of all records; m and the prior are found by expectation
 * maximisation over the blocked pairs, where every other pair counts as one of two people, so that the prior is that of all pairs.
 * Random pairs contain pairs of one person too; their share is removed from u.
 */
export function estimateModel(stock: Stock, pairs: Float64Array, universe: Universe): Model {
  const rates = countLevels(stock, universe)
  const sample = samplePairs(stock, pairs, universe)
  const found = STARTS.map((start) => maximise(stock, sample, rates, Math.min(0.2, (start * stock.size()) / Math.max(1, universe.pairs))))
  const { state } = found.reduce((one, other) => (other.likelihood > one.likelihood ? other : one))
  return {
    version: 1,
    columns: stock.columns,
    fields: fieldsOf(stock.comparisons, rates, state),
    prior: state.prior,
    thresholds: { link: 0.5, reject: 0.05 },
  }
}

/** Blocked pairs from which the model is estimated: their records and, for each field, their levels. */
type Sample = {
  a: Int32Array
  b: Int32Array
  levels: Uint8Array[]
  /** How many blocked pairs one of the sample stands for. */
  weight: number
  /** All pairs of records, blocked or not. */
  universe: number
}

function samplePairs({ comparisons }: Stock, pairs: Float64Array, universe: Universe): Sample {
  const step = Math.max(1, Math.ceil(pairs.length / SAMPLE))
  // Pairs are sorted: every n-th of them is a fair sample.
  const taken = step === 1 ? pairs : pairs.filter((_pair, at) => at % step === 0)
  const a = Int32Array.from(taken, (pair) => Math.floor(pair / SHIFT))
  const b = Int32Array.from(taken, (pair) => pair % SHIFT)
  const levels = comparisons.map(({ compare }) => Uint8Array.from(a, (record, at) => compare(record, b[at]!)))
  return { a, b, levels, weight: pairs.length / Math.max(1, taken.length), universe: Math.max(1, universe.pairs) }
}

function maximise({ comparisons }: Stock, sample: Sample, rates: LevelRates, prior: number) {
  const state: State = { m: comparisons.map(({ usual }) => [...usual]), u: rates.levels.map((row) => [...row]), prior }
  let active = Uint32Array.from(sample.a.keys())
  let likelihood = 0
  for (let round = 0; round < ROUNDS; round++) {
    correct(comparisons, rates, state)
    const bits = scoreSample(comparisons, sample, rates, state, active)
    const before = state.prior
    likelihood = update(comparisons, sample, state, active, bits)
    if (round === PRUNED) active = active.filter((_pair, at) => bits[at]! > NEGLIGIBLE)
    if (round > PRUNED && Math.abs(Math.log(state.prior / before)) < 1e-3) break
  }
  return { state, likelihood }
}

/** Removes the share of pairs of one person from the rates of random pairs. */
function correct(comparisons: readonly Comparison[], rates: LevelRates, state: State): void {
  for (const field of comparisons.keys()) {
    const corrected = rates.levels[field]!.map((rate, level) =>
      Math.max((rate - state.prior * state.m[field]![level]!) / (1 - state.prior), rate * 0.02, rates.least[field]!),
    )
    const sum = corrected.reduce((all, one) => all + one, 0)
    state.u[field] = corrected.map((one) => one / sum)
  }
}

/** u of one value of a field: the chance that a record of another person has it. */
function valueRate(rates: LevelRates, { m, prior }: State, field: number, value: number): number {
  const others = (rates.counts[field]![value]! - 1) / Math.max(1, rates.having[field]! - 1)
  return Math.max(others - prior * m[field]![0]!, rates.floors[field]!)
}

function scoreSample(
  comparisons: readonly Comparison[],
  { a, b, levels }: Sample,
  rates: LevelRates,
  state: State,
  active: Uint32Array,
): Float32Array {
  const bits = new Float32Array(active.length).fill(priorBits(state.prior))
  for (const [field, { valueOf, rarest }] of comparisons.entries()) {
    const row = levels[field]!
    const weights = Float64Array.of(0, ...state.m[field]!.map((m, level) => weightOf(m, state.u[field]![level]!)))
    const equal = Math.log2(state.u[field]![0]!)
    const byValue = Float64Array.from(rates.counts[field]!, (_count, value) =>
      rarest === 0 ? 0 : equal - Math.log2(valueRate(rates, state, field, value)),
    )
    for (let at = 0; at < active.length; at++) {
      const pair = active[at]!
      const level = row[pair]!
      if (level === 1) bits[at]! += weights[1]! + Math.min(byValue[valueOf(a[pair]!)]!, byValue[valueOf(b[pair]!)]!)
      else bits[at]! += weights[level]!
    }
  }
  return bits
}

/** One step of expectation maximisation. Returns the log likelihood ratio against "no pair is of one person", in nats. */
function update(
  comparisons: readonly Comparison[],
  { levels, weight, universe }: Sample,
  state: State,
  active: Uint32Array,
  bits: Float32Array,
): number {
  const shares = comparisons.map(({ usual }) => new Float64Array(usual.length + 1))
  let [matches, likelihood] = [0, 0]
  for (let at = 0; at < active.length; at++) {
    const odds = 2 ** bits[at]!
    const probability = odds / (1 + odds)
    likelihood += Math.log1p(odds)
    if (probability < 1e-4) continue
    matches += probability
    for (let field = 0; field < levels.length; field++) shares[field]![levels[field]![active[at]!]!]! += probability
  }
  likelihood = weight * likelihood + universe * Math.log1p(-state.prior)
  state.prior = Math.min(0.4, Math.max(matches * weight, 0.01) / universe)
  for (const [field, { usual }] of comparisons.entries()) {
    const counts = [...shares[field]!.subarray(1)]
    const known = counts.reduce((sum, count) => sum + count, 0)
    state.m[field] = counts.map((count, level) => (count + STRENGTH * usual[level]!) / (known + STRENGTH))
  }
  return likelihood
}

function fieldsOf(comparisons: readonly Comparison[], rates: LevelRates, state: State): FieldModel[] {
  return comparisons.map(({ name, columns, levels, rarest }, field) => ({
    name,
    columns,
    levels: levels.map((meaning, level) => ({ meaning, m: state.m[field]![level]!, u: state.u[field]![level]! })),
    frequencies: Object.fromEntries(
      [...rates.texts[field]!].flatMap(([value, text]) => {
        const rate = valueRate(rates, state, field, value)
        return rarest > 0 && rate > rates.floors[field]! ? [[text, rate]] : []
      }),
    ),
    rarest: rarest === 0 ? 0 : rates.floors[field]!,
  }))
}
