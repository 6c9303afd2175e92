import { type Model, probabilityOf } from './model.rules.ts'
import { createScorer } from './score.rules.ts'
import { createStock } from './stock.rules.ts'

export type Candidate = {
  /** The number of a record of the stock, in the order in which records were added. */
  record: number
  probability: number
}

/** A block that is longer is read from its newest record on. */
const MAX_BLOCK = 500
const SHIFT = 67_108_864

/**
 * The stock of records as new ones stream in. A record is compared with those that share one rare or two properties with it, so
 * that its cost does not grow with the stock.
 * @param model a model of the same columns
 */
export function createStockIndex(model: Model, records: readonly (readonly string[])[] = []) {
  const stock = createStock(model.columns, [])
  const scorer = createScorer(model, stock)
  const keys = stock.comparisons.flatMap((comparison, field) => comparison.keys.map((key) => ({ ...key, field })))
  const rules = keys.flatMap((first, index) =>
    keys.slice(index + 1).flatMap((second) => (first.field === second.field ? [] : [[first, second] as const])),
  )
  const blocks = rules.map(() => new Map<number, number[]>())
  const codesOf = (record: number) =>
    rules.map(([first, second]) => (first.of(record) && second.of(record) ? first.of(record) * SHIFT + second.of(record) : 0))

  const add = (values: readonly string[]): number => {
    const record = stock.add(values)
    for (const [rule, code] of codesOf(record).entries()) {
      if (code === 0) continue
      const block = blocks[rule]!.get(code)
      if (block) block.push(record)
      else blocks[rule]!.set(code, [record])
    }
    return record
  }
  /** Candidates of a record of the stock, the most probable ones first. */
  const find = (record: number, most: number): Candidate[] => {
    const near = new Set<number>()
    for (const [rule, code] of codesOf(record).entries())
      for (const other of blocks[rule]!.get(code)?.slice(-MAX_BLOCK) ?? []) near.add(other)
    near.delete(record)
    return [...near]
      .map((other) => ({ record: other, probability: probabilityOf(scorer.bits(record, other)) }))
      .filter(({ probability }) => probability >= model.thresholds.reject)
      .sort((a, b) => b.probability - a.probability || a.record - b.record)
      .slice(0, most)
  }
  for (const values of records) add(values)
  return {
    /**
     * Adds a record and returns the records that may be of the same person.
     * @param most candidates to return
     */
    match: (values: readonly string[], most = 20): { record: number; candidates: Candidate[] } => {
      const record = add(values)
      return { record, candidates: find(record, most) }
    },
    size: stock.size,
  }
}
