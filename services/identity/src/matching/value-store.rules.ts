import type { BlockingKey } from './comparison.rules.ts'
import { createDictionary, remember } from './dictionary.rules.ts'
import { countBits, isHan, lettersOf } from './similarity.rules.ts'
import type { ValueKind } from './value-kinds.rules.ts'

/** Values of one kind by number, and the levels of two of them. */
export type ValueStore = {
  texts: readonly string[]
  /** The number of a value; 0 for none. */
  add: (text: string) => number
  /** The level of two values with different numbers, neither of them 0. */
  judge: (a: number, b: number) => number
}

export function createValueStore({ clean, parts, judge, isText, levels }: ValueKind): ValueStore {
  const { idOf, texts } = createDictionary()
  const partsOf: (readonly string[])[] = []
  const letters: number[] = []
  const sizes: number[] = []
  /** A bit for each word, by its hash: texts without a common bit have no common word. */
  const marks: number[] = []
  const compare = (a: number, b: number): number => judge(texts[a]!, texts[b]!, partsOf[a]!, partsOf[b]!)
  const remembered = remember(compare)
  const compareTexts = (a: number, b: number): number => {
    const common = countBits(letters[a]! & letters[b]!)
    if ((marks[a]! & marks[b]!) === 0 && common * 10 < 7 * Math.max(sizes[a]!, sizes[b]!)) return levels.length
    return remembered(a, b)
  }
  return {
    texts,
    add(text) {
      const id = idOf(clean(text))
      if (id < partsOf.length) return id
      // The number 0 stands for no value.
      if (partsOf.length === 0) addParts(0)
      if (id > 0) addParts(id)
      return id
    },
    judge: isText ? compareTexts : compare,
  }

  function addParts(id: number): void {
    const text = texts[id]!
    const words = parts?.(text) ?? []
    partsOf.push(words)
    letters.push(isText ? lettersOf(text) : 0)
    sizes.push(isText ? countBits(lettersOf(text)) : 0)
    marks.push(isText ? words.reduce((bits, word) => bits | (1 << (hashOf(word) & 31)), isHan(text) ? 1 : 0) : 0)
  }
}

function hashOf(word: string): number {
  let hash = 7
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash, 31) + word.charCodeAt(at)
  return hash ^ (hash >>> 11)
}

/** The blocking keys of a column: its values, and what the kind makes of them. */
export function keysOfValues(name: string, { keys = {} }: ValueKind, texts: readonly string[], ids: readonly number[]): BlockingKey[] {
  const made = Object.entries(keys).map(([what, of]): BlockingKey => {
    const known = createDictionary()
    const idOf: number[] = []
    return { name: `${what} ${name}`, of: (record) => (idOf[ids[record]!] ??= known.idOf(of(texts[ids[record]!]!))) }
  })
  return [{ name, of: (record) => ids[record]! }, ...made]
}
