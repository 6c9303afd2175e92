/** A property of a record by which records are grouped into blocks. */
export type BlockingKey = {
  name: string
  /** A number that records of one block share; 0 when the record has no such property. */
  of: (record: number) => number
}

/** One comparison of the records of a stock. Records are numbered in the order in which they were added. */
export type Comparison = {
  name: string
  columns: readonly string[]
  /** What each level means, from the best to the worst. Level 0 is "a value is missing" and is not named here. */
  levels: readonly string[]
  /** Shipped estimate of how often two records of one person are on each level; of the same length as `levels`. */
  usual: readonly number[]
  add: (values: readonly string[]) => void
  /** The level of two records: 1 for the first of `levels`, 0 when one of them has no value. */
  compare: (a: number, b: number) => number
  /** The number of the value on which records of level 1 agree. */
  valueOf: (record: number) => number
  /** u of the rarest values: the chance that another person has one of them; 0 when the frequency of a value is of no weight. */
  rarest: number
  keys: readonly BlockingKey[]
  /** The value as it is compared, for people. */
  shown: (record: number) => string
}
