import { isMonthFirst, readBirth } from './births.rules.ts'
import type { Comparison } from './comparison.rules.ts'
import type { Column, Kind } from './kinds.rules.ts'
import { VALUE_KINDS, type ValueKind } from './value-kinds.rules.ts'
import { createValueStore, keysOfValues, type ValueStore } from './value-store.rules.ts'

const isValueKind = (kind: Kind): kind is keyof typeof VALUE_KINDS => kind in VALUE_KINDS

/** How often a value of one person stands in another column of its kind. */
const TURNED = 0.03

/**
 * The comparisons of all columns that hold no names: one for each column, and one for all columns of a kind whose values form
 * a set, such as phones.
 * @param sample some records, from which the order of day and month is inferred
 */
export function compareValues(columns: readonly Column[], sample: readonly (readonly string[])[]): Comparison[] {
  return [...Map.groupBy(columns.entries(), ([, { kind }]) => kind)].flatMap(([kind, entries]) => {
    if (!isValueKind(kind)) return []
    const indexes = entries.map(([index]) => index)
    const names = entries.map(([, { name }]) => name)
    const rules = kind === 'birth_date' ? birthKind(sample, indexes) : VALUE_KINDS[kind]
    if (rules.isSet) return [compareSets(kind, rules, names, indexes)]
    return indexes.length > 1 ? compareColumns(kind, rules, names, indexes) : [compareColumn(kind, rules, names[0]!, indexes[0]!)]
  })
}

function birthKind(sample: readonly (readonly string[])[], indexes: readonly number[]): ValueKind {
  const isAmerican = isMonthFirst(sample.flatMap((values) => indexes.map((index) => values[index] ?? '')))
  return { ...VALUE_KINDS.birth_date, clean: (value) => readBirth(value, isAmerican) }
}

type StoredComparison = Comparison & { ids: readonly number[] }

function compareColumn(name: string, rules: ValueKind, column: string, index: number, store = createValueStore(rules)): StoredComparison {
  const ids: number[] = []
  const { texts, judge, add } = store
  return {
    ids,
    name,
    columns: [column],
    levels: rules.levels,
    usual: rules.usual,
    rarest: rules.rarest,
    add: (values) => ids.push(add(values[index] ?? '')),
    compare(a, b) {
      const [x, y] = [ids[a]!, ids[b]!]
      if (x === 0 || y === 0) return 0
      return x === y ? 1 : judge(x, y)
    },
    valueOf: (record) => ids[record]!,
    keys: keysOfValues(name, rules, texts, ids),
    shown: (record) => texts[ids[record]!]!,
  }
}

/** One comparison for each column of a kind. A value that stands in another of the columns has a level of its own. */
function compareColumns(kind: Kind, rules: ValueKind, names: readonly string[], indexes: readonly number[]): Comparison[] {
  const store: ValueStore = createValueStore(rules)
  const all = indexes.map((index, own) => compareColumn(`${kind} ${names[own]}`, rules, names[own]!, index, store))
  const worst = rules.levels.length
  const insert = <T>(values: readonly T[], one: T, last: T): T[] => [...values.slice(0, -1), one, last]
  return all.map((comparison) => {
    const { ids, compare, levels, usual } = comparison
    const isTurned = (a: number, b: number) =>
      all.some((other) => other !== comparison && (other.ids[b] === ids[a] || other.ids[a] === ids[b]))
    return {
      ...comparison,
      levels: insert(levels, 'in another column', levels.at(-1)!),
      usual: insert(usual, TURNED, Math.max(usual.at(-1)! - TURNED, TURNED)),
      compare(a, b) {
        const level = compare(a, b)
        if (level < worst) return level
        return isTurned(a, b) ? worst : worst + 1
      },
    }
  })
}

/** One comparison for several columns: the best pair of their values counts. */
function compareSets(kind: Kind, rules: ValueKind, names: readonly string[], indexes: readonly number[]): Comparison {
  const { texts, judge, add } = createValueStore(rules)
  const sets: number[][] = []
  const firsts: number[] = []
  return {
    name: kind,
    columns: names,
    levels: rules.levels,
    usual: rules.usual,
    rarest: rules.rarest,
    add(values) {
      const ids = indexes.map((index) => add(values[index] ?? '')).filter((id) => id !== 0)
      sets.push(ids)
      firsts.push(ids[0] ?? 0)
    },
    compare(a, b) {
      let best = 0
      for (const x of sets[a]!) {
        for (const y of sets[b]!) {
          const level = x === y ? 1 : judge(x, y)
          if (best === 0 || level < best) best = level
        }
      }
      return best
    },
    valueOf: (record) => firsts[record]!,
    keys: keysOfValues(kind, rules, texts, firsts),
    shown: (record) => sets[record]!.map((id) => texts[id]).join(' | '),
  }
}
