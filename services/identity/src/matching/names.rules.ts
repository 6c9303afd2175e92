import type { BlockingKey, Comparison } from './comparison.rules.ts'
import { createDictionary } from './dictionary.rules.ts'
import type { Column } from './kinds.rules.ts'
import { splitNames } from './name-parts.rules.ts'
import { ALIKE, createNameTokens, type NameTokens } from './name-tokens.rules.ts'

/** Given names, family names and parts of the names of all records, as numbers of tokens. */
type Names = { tokens: NameTokens; given: number[]; family: number[]; others: number[][]; all: number[][] }

const GIVEN = ['same', 'form of one name', 'one letter or same sound', 'initial', 'elsewhere in the name', 'similar', 'different']
const FAMILY = ['same', 'one letter or same sound', 'elsewhere in the name', 'similar', 'different']
const OTHERS = ['all same', 'some same or alike', 'different']

/**
 * The comparisons of names. All columns of names of a record form one name: a given name that stands in the column of family
 * names, or among several given names, is found there.
 * @returns no comparison for a part that no column can hold
 */
export function compareNames(columns: readonly Column[]): Comparison[] {
  const at = (kind: string) => columns.flatMap((column, index) => (column.kind === kind ? [index] : []))
  const [given, family, full] = [at('given_name'), at('family_name'), at('full_name')]
  const used = [...given, ...family, ...full]
  if (used.length === 0) return []
  const names: Names = { tokens: createNameTokens(), given: [], family: [], others: [], all: [] }
  const add = (values: readonly string[]): void => {
    const pick = (indexes: number[]) => indexes.map((index) => values[index] ?? '')
    addName(names, splitNames(pick(given), pick(family), pick(full)))
  }
  const headers = (indexes: number[]) => indexes.map((index) => columns[index]!.name)
  const nothing = () => undefined
  return [
    { ...givenComparison(names), columns: headers([...given, ...full]), add },
    { ...familyComparison(names), columns: headers([...family, ...full]), add: nothing },
    { ...othersComparison(names), columns: headers(used), add: nothing },
  ]
}

function addName({ tokens, given, family, others, all }: Names, parts: ReturnType<typeof splitNames>): void {
  const familyId = tokens.add(parts.family, true)
  const givenId = tokens.add(parts.given)
  const ids = parts.all.map((part) => tokens.add(part))
  given.push(givenId)
  family.push(familyId)
  others.push(ids.filter((id) => id !== givenId && id !== familyId))
  all.push([...new Set([givenId, familyId, ...ids])].filter((id) => id !== 0))
}

type Part = Omit<Comparison, 'columns' | 'add'>

function givenComparison({ tokens, given, all }: Names): Part {
  const levels: Record<number, number> = { [ALIKE.FORM]: 2, [ALIKE.CLOSE]: 3, [ALIKE.INITIAL]: 4, [ALIKE.SIMILAR]: 6, [ALIKE.NO]: 7 }
  return {
    name: 'given name',
    levels: GIVEN,
    usual: [0.72, 0.06, 0.07, 0.02, 0.06, 0.02, 0.05],
    compare(a, b) {
      const [x, y] = [given[a]!, given[b]!]
      if (x === 0 || y === 0) return 0
      if (x === y) return 1
      const alike = tokens.alike(x, y)
      if (alike >= ALIKE.INITIAL) return levels[alike]!
      return all[b]!.includes(x) || all[a]!.includes(y) ? 5 : levels[alike]!
    },
    valueOf: (record) => given[record]!,
    rarest: 5e-5,
    keys: keysOf('given', tokens, given, 3),
    shown: (record) => tokens.texts[given[record]!]!,
  }
}

function familyComparison({ tokens, family, all }: Names): Part {
  return {
    name: 'family name',
    levels: FAMILY,
    usual: [0.78, 0.1, 0.05, 0.02, 0.05],
    compare(a, b) {
      const [x, y] = [family[a]!, family[b]!]
      if (x === 0 || y === 0) return 0
      if (x === y) return 1
      const alike = tokens.alike(x, y)
      if (alike >= ALIKE.INITIAL) return 2
      if (all[b]!.includes(x) || all[a]!.includes(y)) return 3
      return alike === ALIKE.SIMILAR ? 4 : 5
    },
    valueOf: (record) => family[record]!,
    rarest: 1e-5,
    keys: keysOf('family', tokens, family, 4),
    shown: (record) => tokens.texts[family[record]!]!,
  }
}

/** Middle names and whatever else a name consists of. */
function othersComparison({ tokens, others }: Names): Part {
  const found = (one: number, among: number[]) => among.includes(one) || among.some((other) => tokens.alike(one, other) >= ALIKE.INITIAL)
  return {
    name: 'other names',
    levels: OTHERS,
    usual: [0.6, 0.25, 0.15],
    compare(a, b) {
      const [x, y] = [others[a]!, others[b]!]
      if (x.length === 0 || y.length === 0) return 0
      const [few, many] = x.length < y.length ? [x, y] : [y, x]
      if (few.every((one) => many.includes(one))) return 1
      return few.some((one) => found(one, many)) ? 2 : 3
    },
    valueOf: (record) => others[record]![0] ?? 0,
    rarest: 0,
    keys: [],
    shown: (record) => others[record]!.map((id) => tokens.texts[id]).join(' '),
  }
}

function keysOf(name: string, tokens: NameTokens, ids: number[], length: number): BlockingKey[] {
  const sounds = createDictionary()
  const starts = createDictionary()
  // Each rule reads the keys of all records: the texts of a token are made once.
  const soundOf: number[] = []
  const startOf: number[] = []
  const once = (made: number[], id: number, make: () => number): number => (made[id] ??= make())
  return [
    { name, of: (record) => ids[record]! },
    { name: `sound of ${name}`, of: (record) => once(soundOf, ids[record]!, () => sounds.idOf(tokens.soundOf(ids[record]!))) },
    {
      name: `start of ${name}`,
      of: (record) => once(startOf, ids[record]!, () => starts.idOf(tokens.readings[ids[record]!]!.slice(0, length))),
    },
  ]
}
