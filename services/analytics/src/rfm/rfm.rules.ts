/**
 * RFM and the eight classes (spec/algorithms 1). Recent is high for R; a value on the line is high. Scores of 1 to 5
 * rank by how many are strictly worse, so that equal customers always get equal scores.
 */
import { rfmFailure } from './rfm.failures.ts'

export type RfmInput = { customerId: string; recencyDays: number; frequency: number; monetaryMinor: number }
export type Scored = RfmInput & { rfmClass: RfmClassName; recencyScore: number; frequencyScore: number; monetaryScore: number }
export type Cuts = { recencyDays: number; frequency: number; monetaryMinor: number }
export type Method = 'MEAN' | 'MEDIAN' | 'FIXED' | 'QUINTILE'

/** The class, its Chinese name and the strategy, by R, F, M high (1) or low (0). */
const CLASSES = {
  '111': ['KEY_VALUE', '重要价值客户', 'VIP care, no discounts'],
  '101': ['KEY_DEVELOP', '重要发展客户', 'raise frequency'],
  '011': ['KEY_RETAIN', '重要保持客户', 'contact, bring back'],
  '001': ['KEY_WIN_BACK', '重要挽留客户', 'win back'],
  '110': ['GENERAL_VALUE', '一般价值客户', 'raise basket'],
  '100': ['GENERAL_DEVELOP', '一般发展客户', 'onboard'],
  '010': ['GENERAL_RETAIN', '一般保持客户', 'low-cost contact'],
  '000': ['GENERAL_WIN_BACK', '一般挽留客户', 'let go or wake cheaply'],
} as const

export type RfmClassName = (typeof CLASSES)[keyof typeof CLASSES][0]
export const CLASS_NAMES: RfmClassName[] = Object.values(CLASSES).map(([name]) => name)

const MIN_CUSTOMERS = 8
const described = new Map<string, { label: string; strategy: string }>(
  Object.values(CLASSES).map(([name, label, strategy]) => [name, { label, strategy }]),
)

export function describeClass(name: string): { label: string; strategy: string } {
  return described.get(name) ?? { label: name, strategy: '' }
}

/**
 * Classifies customers with at least one counted order.
 * @throws AppError INSUFFICIENT_DATA when there are fewer than 8, or all are equal in a measure, unless lines are given
 */
export function classify(customers: RfmInput[], method: Method, cuts: Cuts | undefined): Scored[] {
  const measures = {
    recencyDays: values(customers, 'recencyDays'),
    frequency: values(customers, 'frequency'),
    monetaryMinor: values(customers, 'monetaryMinor'),
  }
  if (method === 'FIXED') {
    if (!cuts) throw rfmFailure('RFM_CUTS_MISSING', 'cuts')
  } else checkSpread(customers.length, measures)
  const score = { r: scorer(measures.recencyDays, true), f: scorer(measures.frequency, false), m: scorer(measures.monetaryMinor, false) }
  const scored = customers.map((one) => ({
    ...one,
    recencyScore: score.r(one.recencyDays),
    frequencyScore: score.f(one.frequency),
    monetaryScore: score.m(one.monetaryMinor),
  }))
  const isHigh = method === 'QUINTILE' ? byScore(scored) : byCuts(method === 'FIXED' ? cuts! : cutsOf(measures, method))
  return scored.map((one) => ({ ...one, rfmClass: CLASSES[isHigh(one)][0] }))
}

/** A change of a customer's class; null is no class. */
export type ClassChange = { customerId: string; rfmClass: RfmClassName | null; previousClass: RfmClassName | null }

/** Customers whose class is not what it was, those who have none any more included. */
export function changesBetween(
  before: ReadonlyMap<string, RfmClassName>,
  scored: readonly Pick<Scored, 'customerId' | 'rfmClass'>[],
): ClassChange[] {
  const now = new Set(scored.map((one) => one.customerId))
  const changed = scored.flatMap(({ customerId, rfmClass }) => {
    const previousClass = before.get(customerId) ?? null
    return previousClass === rfmClass ? [] : { customerId, rfmClass, previousClass }
  })
  const gone = [...before].flatMap(([customerId, previousClass]) =>
    now.has(customerId) ? [] : { customerId, rfmClass: null, previousClass },
  )
  return [...changed, ...gone]
}

type Measures = Record<keyof Cuts, number[]>
type Flags = keyof typeof CLASSES
type WithScores = Omit<Scored, 'rfmClass'>

const values = (customers: RfmInput[], key: keyof Cuts) => customers.map((one) => one[key])
const flags = (r: boolean, f: boolean, m: boolean) => `${Number(r)}${Number(f)}${Number(m)}` as Flags
const mean = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

function checkSpread(n: number, measures: Measures): void {
  const flat = Object.entries(measures).find(([, numbers]) => numbers.every((one) => one === numbers[0]))
  if (n < MIN_CUSTOMERS) throw rfmFailure('RFM_TOO_FEW_CUSTOMERS', undefined, { customers: n, needed: MIN_CUSTOMERS })
  if (flat) throw rfmFailure('RFM_ALL_EQUAL', undefined, { measure: flat[0] })
}

function cutsOf(measures: Measures, method: 'MEAN' | 'MEDIAN' | 'QUINTILE'): Cuts {
  const cut = method === 'MEDIAN' ? median : mean
  return { recencyDays: cut(measures.recencyDays), frequency: cut(measures.frequency), monetaryMinor: cut(measures.monetaryMinor) }
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const byCuts = (cuts: Cuts) => (one: RfmInput) =>
  flags(one.recencyDays <= cuts.recencyDays, one.frequency >= cuts.frequency, one.monetaryMinor >= cuts.monetaryMinor)

function byScore(scored: WithScores[]): (one: WithScores) => Flags {
  const [r, f, m] = [
    mean(scored.map((one) => one.recencyScore)),
    mean(scored.map((one) => one.frequencyScore)),
    mean(scored.map((one) => one.monetaryScore)),
  ]
  return (one) => flags(one.recencyScore > r, one.frequencyScore > f, one.monetaryScore > m)
}

/** 1 + floor(5 * (how many are strictly worse) / n), at most 5. */
function scorer(numbers: number[], isLessBetter: boolean): (value: number) => number {
  const sorted = numbers.toSorted((a, b) => (isLessBetter ? b - a : a - b))
  const worse = new Map<number, number>()
  for (const [index, value] of sorted.entries()) if (!worse.has(value)) worse.set(value, index)
  return (value) => Math.min(5, 1 + Math.floor((5 * worse.get(value)!) / numbers.length))
}
