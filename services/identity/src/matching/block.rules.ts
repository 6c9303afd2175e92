import type { BlockingKey } from './comparison.rules.ts'
import { createPairSet } from './dictionary.rules.ts'
import type { Stock } from './stock.rules.ts'

export type Blocking = {
  /** Names of the keys by which records were grouped, the most selective rule first. */
  rules: string[]
  /** Pairs to compare, sorted, as in `pairOf`. */
  pairs: Float64Array
  has: (a: number, b: number) => boolean
}

type Options = {
  /** Which pairs may match at all. */
  isAllowed: (a: number, b: number) => boolean
  /** Pairs per record on average, at most. */
  pairsPerRecord?: number
}

/** So few records are compared all with all. */
const FEW = 1_500
/** A larger block is split by a further key. */
const MAX_BLOCK = 60
/** Records compared with each record of a block that no key splits, in the order of their numbers. */
const WINDOW = 10
const SHIFT = 67_108_864

type Key = { name: string; field: number; ids: Int32Array; rate: number }
type Rule = { name: string; keys: readonly Key[]; expected: number }

/**
 * Chooses the pairs of records that are worth a comparison: records that agree on one rare property or on two properties of different
 * fields. Every combination of two keys is a rule, the most selective ones first, until the pairs are used up.
 */
export function blockRecords(stock: Stock, { isAllowed, pairsPerRecord = 100 }: Options): Blocking {
  const size = stock.size()
  const pairs = createPairSet()
  const add = (a: number, b: number): void => {
    if (isAllowed(a, b)) pairs.add(a, b)
  }
  const finish = (rules: string[]): Blocking => ({ rules, pairs: pairs.sorted(), has: pairs.has })
  if (size <= FEW) {
    for (let a = 0; a < size; a++) for (let b = a + 1; b < size; b++) add(a, b)
    return finish(['all pairs'])
  }
  const keys = readKeys(stock)
  const used: string[] = []
  for (const { name, keys: of } of listRules(keys, size, pairsPerRecord)) {
    if (pairs.size() > size * pairsPerRecord) break
    used.push(name)
    for (const block of blocksOf(size, of)) addBlock(block, keys, of, add)
  }
  return finish(used)
}

function readKeys({ comparisons, size }: Stock): Key[] {
  return comparisons.flatMap(({ keys }, field) => keys.map((key) => readKey(key, field, size()))).filter(({ rate }) => rate > 0)
}

function readKey({ name, of }: BlockingKey, field: number, size: number): Key {
  const ids = new Int32Array(size)
  const counts: number[] = []
  for (let record = 0; record < size; record++) {
    const id = of(record)
    ids[record] = id
    if (id !== 0) counts[id] = (counts[id] ?? 0) + 1
  }
  let same = 0
  for (const count of counts) if (count) same += count * (count - 1)
  return { name, field, ids, rate: same / (size * Math.max(1, size - 1)) }
}

/** Rules of one key and of two keys whose expected number of pairs is bearable, the fewest pairs first. */
function listRules(keys: readonly Key[], size: number, pairsPerRecord: number): Rule[] {
  const all = (size * (size - 1)) / 2
  const rules = keys.map((key): Rule => ({ name: key.name, keys: [key], expected: key.rate * all }))
  for (const [index, first] of keys.entries())
    for (const second of keys.slice(index + 1))
      if (first.field !== second.field)
        rules.push({ name: `${first.name} + ${second.name}`, keys: [first, second], expected: first.rate * second.rate * all })
  return rules.filter(({ expected }) => expected < size * pairsPerRecord * 0.5).sort((a, b) => a.expected - b.expected)
}

/** Groups of two or more records that agree on the keys. */
function* blocksOf(size: number, keys: readonly Key[]): Generator<number[]> {
  const [first, second] = keys
  const heads = new Map<number, number[]>()
  for (let record = 0; record < size; record++) {
    const x = first!.ids[record]!
    const y = second ? second.ids[record]! : 1
    if (x === 0 || y === 0) continue
    const code = x * SHIFT + y
    const block = heads.get(code)
    if (block) block.push(record)
    else heads.set(code, [record])
  }
  for (const block of heads.values()) if (block.length > 1) yield block
}

function addBlock(block: readonly number[], keys: readonly Key[], of: readonly Key[], add: (a: number, b: number) => void): void {
  if (block.length <= MAX_BLOCK) return addAll(block, add)
  const fields = new Set(of.map(({ field }) => field))
  for (const key of keys) {
    if (fields.has(key.field)) continue
    const parts = Map.groupBy(block, (record) => key.ids[record]!)
    for (const [id, part] of parts) {
      if (id === 0) continue
      if (part.length <= MAX_BLOCK) addAll(part, add)
      else for (const [index, a] of part.entries()) for (const b of part.slice(index + 1, index + WINDOW)) add(a, b)
    }
  }
}

function addAll(block: readonly number[], add: (a: number, b: number) => void): void {
  for (let x = 0; x < block.length; x++) for (let y = x + 1; y < block.length; y++) add(block[x]!, block[y]!)
}
