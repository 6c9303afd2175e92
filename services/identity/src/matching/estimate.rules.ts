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
/** Fields on which relatives agree no more often than strangers: what a person does not share with a family, a home or a town. */
const OWN = new Set(['given name', 'other names', 'birth_date', 'gender'])
/** Without one of these fields, relatives cannot be distinguished from one person. */
const TELLING = ['given name', 'birth_date']
/** Where the search starts: pairs of one person per record. */
const STARTS = [0.3, 3]
const NONE = new Float32Array()

/** Of all pairs the share that a kind of pairs has, and how often it is on each level of each field. */
type Kind = { prior: number; levels: number[][] }
/** Pairs of one person, of relatives, and of strangers, which are all others. */
type State = { person: Kind; relatives: Kind; u: number[][] }

/**
 * Estimates a model without labels. u is counted on random pairs of all records; m and the prior are found by expectation
 * maximisation over the blocked pairs, where every other pair counts as one of two people, so that the prior is that of all pairs.
 * Random pairs contain pairs of one person too; their share is removed from u. Two people of one family or one town agree on several
 * fields together. They are a third kind of pairs: otherwise they count as pairs of one person with wrong values, m of a different birth
 * date or given name is far too high, and scores are too sure.
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
    prior: state.person.prior,
    ...(state.relatives.prior > 0 ? { relatives: state.relatives } : {}),
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
  const state = begin(comparisons, rates, prior)
  let active = Uint32Array.from(sample.a.keys())
  let likelihood = 0
  for (let round = 0; round < ROUNDS; round++) {
    correct(comparisons, rates, state)
    const scores: Scores = { person: scoreSample(comparisons, sample, rates, state, active, 'person'), relatives: NONE }
    if (state.relatives.prior > 0) scores.relatives = scoreSample(comparisons, sample, rates, state, active, 'relatives')
    const before = state.person.prior
    likelihood = update(comparisons, sample, state, active, scores)
    if (round === PRUNED)
      active = active.filter((_pair, at) => Math.max(scores.person[at]!, scores.relatives[at] ?? NEGLIGIBLE) > NEGLIGIBLE)
    if (round > PRUNED && Math.abs(Math.log(state.person.prior / before)) < 1e-3) break
  }
  return { state, likelihood }
}

/** Relatives begin half as alike as one person, on the fields that they can share. */
function begin(comparisons: readonly Comparison[], rates: LevelRates, prior: number): State {
  const u = rates.levels.map((row) => [...row])
  const halfway = comparisons.map(({ name, usual }, field) =>
    usual.map((share, level) => (OWN.has(name) ? u[field]![level]! : (share + u[field]![level]!) / 2)),
  )
  const canTell = comparisons.some(({ name }) => TELLING.includes(name))
  return {
    person: { prior, levels: comparisons.map(({ usual }) => [...usual]) },
    relatives: { prior: canTell ? prior : 0, levels: halfway },
    u,
  }
}

/** Removes the share of pairs of one person from the rates of random pairs. */
function correct(comparisons: readonly Comparison[], rates: LevelRates, state: State): void {
  for (const field of comparisons.keys()) {
    const { prior, levels } = state.person
    const corrected = rates.levels[field]!.map((rate, level) =>
      Math.max((rate - prior * levels[field]![level]!) / (1 - prior), rate * 0.02, rates.least[field]!),
    )
    const sum = corrected.reduce((all, one) => all + one, 0)
    state.u[field] = corrected.map((one) => one / sum)
  }
}

/** u of one value of a field: the chance that a record of another person has it. */
function valueRate(rates: LevelRates, { person }: State, field: number, value: number): number {
  const others = (rates.counts[field]![value]! - 1) / Math.max(1, rates.having[field]! - 1)
  return Math.max(others - person.prior * person.levels[field]![0]!, rates.floors[field]!)
}

/** Odds of a kind of pairs against strangers, in bits. */
function scoreSample(
  comparisons: readonly Comparison[],
  { a, b, levels }: Sample,
  rates: LevelRates,
  state: State,
  active: Uint32Array,
  kind: 'person' | 'relatives',
): Float32Array {
  const { prior, levels: shares } = state[kind]
  const bits = new Float32Array(active.length).fill(priorBits(prior))
  for (const [field, { valueOf, rarest }] of comparisons.entries()) {
    const row = levels[field]!
    const weights = Float64Array.of(0, ...shares[field]!.map((share, level) => weightOf(share, state.u[field]![level]!)))
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

type Scores = { person: Float32Array; relatives: Float32Array }

/** One step of expectation maximisation. Returns the log likelihood ratio against "all pairs are of strangers", in nats. */
function update(comparisons: readonly Comparison[], sample: Sample, state: State, active: Uint32Array, scores: Scores): number {
  const [person, relatives] = [countsOf(comparisons), countsOf(comparisons)]
  let likelihood = 0
  for (let at = 0; at < active.length; at++) {
    const odds = 2 ** scores.person[at]!
    const others = at < scores.relatives.length ? 2 ** scores.relatives[at]! : 0
    likelihood += Math.log1p(odds + others)
    count(person, sample, active[at]!, odds / (1 + odds + others))
    count(relatives, sample, active[at]!, others / (1 + odds + others))
  }
  likelihood = sample.weight * likelihood + sample.universe * Math.log1p(-state.person.prior - state.relatives.prior)
  const priorOf = ({ pairs }: Counts) => Math.min(0.4, Math.max(pairs * sample.weight, 0.01) / sample.universe)
  state.person = {
    prior: priorOf(person),
    levels: sharesOf(
      person,
      comparisons.map(({ usual }) => usual),
    ),
  }
  if (state.relatives.prior === 0) return likelihood
  const found = sharesOf(relatives, state.u)
  state.relatives = {
    prior: priorOf(relatives),
    levels: comparisons.map(({ name }, field) => (OWN.has(name) ? [...state.u[field]!] : found[field]!)),
  }
  return likelihood
}

/** Expected number of pairs of a kind, and of those on each level of each field. */
type Counts = { pairs: number; levels: Float64Array[] }

const countsOf = (comparisons: readonly Comparison[]): Counts => ({
  pairs: 0,
  levels: comparisons.map(({ usual }) => new Float64Array(usual.length + 1)),
})

function count(counts: Counts, { levels }: Sample, pair: number, probability: number): void {
  if (probability < 1e-4) return
  counts.pairs += probability
  for (let field = 0; field < levels.length; field++) counts.levels[field]![levels[field]![pair]!]! += probability
}

/** Shares of levels; `expected` counts for some pairs, so that no share is zero. */
const sharesOf = (counts: Counts, expected: readonly (readonly number[])[]): number[][] =>
  counts.levels.map((row, field) => {
    const [, ...known] = row
    const sum = known.reduce((all, one) => all + one, 0)
    return known.map((one, level) => (one + STRENGTH * expected[field]![level]!) / (sum + STRENGTH))
  })

function fieldsOf(comparisons: readonly Comparison[], rates: LevelRates, state: State): FieldModel[] {
  return comparisons.map(({ name, columns, levels, rarest }, field) => ({
    name,
    columns,
    levels: levels.map((meaning, level) => ({ meaning, m: state.person.levels[field]![level]!, u: state.u[field]![level]! })),
    frequencies: Object.fromEntries(
      [...rates.texts[field]!].flatMap(([value, text]) => {
        const rate = valueRate(rates, state, field, value)
        return rarest > 0 && rate > rates.floors[field]! ? [[text, rate]] : []
      }),
    ),
    rarest: rarest === 0 ? 0 : rates.floors[field]!,
  }))
}
