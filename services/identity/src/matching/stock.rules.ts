import type { Comparison } from './comparison.rules.ts'
import type { Column } from './kinds.rules.ts'
import { compareNames } from './names.rules.ts'
import { compareValues } from './values.rules.ts'

/** Records that are compared with each other, encoded as numbers. */
export type Stock = {
  columns: readonly Column[]
  comparisons: readonly Comparison[]
  size: () => number
  /** Adds a record, whose values are in the order of the columns. Returns its number. */
  add: (values: readonly string[]) => number
}

/**
 * Encodes records for comparison.
 * @param columns kinds of the columns, in the order of the values of a record
 */
export function createStock(columns: readonly Column[], records: readonly (readonly string[])[]): Stock {
  const comparisons = [...compareNames(columns), ...compareValues(columns, records.slice(0, 5_000))]
  let size = 0
  const add = (values: readonly string[]): number => {
    for (const comparison of comparisons) comparison.add(values)
    return size++
  }
  for (const values of records) add(values)
  return { columns, comparisons, size: () => size, add }
}
