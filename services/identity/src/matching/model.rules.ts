import type { Column } from './kinds.rules.ts'

/** Odds below this many bits change no score that is shown. */
const NEGLIGIBLE = -20

/**
 * The model of Fellegi and Sunter (1969): how often two records of one person agree on a level of a field (m), and how often two
 * records of two people do (u). Weights are in bits.
 */
export type FieldModel = {
  name: string
  columns: readonly string[]
  /** From the best level to the worst. */
  levels: readonly { meaning: string; m: number; u: number }[]
  /** u of single values on the first level, by value; a value that is not listed is as rare as `rarest`. */
  frequencies: Readonly<Record<string, number>>
  rarest: number
}

/** How probable such a pair is of all pairs, and how often it is on each level of each field, in the order of `fields`. */
export type Relatives = { prior: number; levels: readonly (readonly number[])[] }

export type Model = {
  version: 1
  /** The columns of the records, in the order of their values. */
  columns: readonly Column[]
  fields: readonly FieldModel[]
  /** How probable it is that two records, of all pairs of records, are of one person. */
  prior: number
  /** Pairs of two people who are alike by a family or a place; a model without them takes every field for independent of the others. */
  relatives?: Relatives
  /** Probabilities: a pair at or above `link` is of one person; below `reject` it is not; between them a person should check. */
  thresholds: { link: number; reject: number }
}

/** Weight of agreement on a level in bits: log2(m/u). */
export const weightOf = (m: number, u: number): number => Math.log2(m / u)

/** Weight in bits of a field of two levels that disagrees: log2((1-m)/(1-u)). */
export const disagreementOf = (m: number, u: number): number => Math.log2((1 - m) / (1 - u))

/** The prior in bits, to which the weights of the fields are added. */
export const priorBits = (prior: number): number => Math.log2(prior / (1 - prior))

/** The probability of odds that are given in bits. */
export const probabilityOf = (bits: number): number => 1 / (1 + 2 ** -bits)

/** The probability that two records are of one person: 1/(1 + ((1-prior)/prior) 2^-weight). */
export const posterior = (prior: number, weight: number): number => probabilityOf(priorBits(prior) + weight)

/**
 * What the chance of relatives takes off the evidence of a pair, in bits; 0 or less. Odds of one person are odds against strangers and
 * relatives together.
 * @param relatives odds of relatives against strangers, in bits
 */
export const relativesBits = (relatives: number): number => (relatives < NEGLIGIBLE ? 0 : -Math.log2(1 + 2 ** relatives))

/** What the frequency of a value adds to the weight of agreement on it: a common name proves less than the average one. */
export function frequencyBits({ frequencies, rarest, levels }: FieldModel, value: string): number {
  const u = Object.hasOwn(frequencies, value) ? frequencies[value]! : rarest
  return rarest === 0 ? 0 : Math.log2(levels[0]!.u / u)
}
