/** Values by small numbers, so that a comparison of two values is one of two integers. The number 0 is "no value". */
export type Dictionary = {
  /** The number of a text, a new one for a new text; 0 for the empty text. */
  idOf: (text: string) => number
  /** Text by number. */
  texts: string[]
}

export function createDictionary(): Dictionary {
  const ids = new Map<string, number>([['', 0]])
  const texts = ['']
  return {
    texts,
    idOf: (text) => {
      const known = ids.get(text)
      if (known !== undefined) return known
      ids.set(text, texts.length)
      return texts.push(text) - 1
    },
  }
}

/** Two numbers below 2^26 in one number, the same for both orders. */
export const pairOf = (a: number, b: number): number => (a < b ? a * 67_108_864 + b : b * 67_108_864 + a)

const hash = (key: number): number => {
  const mixed = Math.imul((key / 67_108_864) | 0, 0x9e3779b1) ^ Math.imul((key % 67_108_864) | 0, 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/**
 * Remembers small results (0 to 254) of a symmetric comparison of two different values. An open-addressed table: a Map of the same
 * size takes five times the memory and three times the time.
 */
export function remember(compare: (a: number, b: number) => number): (a: number, b: number) => number {
  let keys = new Float64Array(1 << 12)
  let results = new Uint8Array(1 << 12)
  let used = 0
  const slotOf = (key: number): number => {
    const mask = keys.length - 1
    let slot = hash(key) & mask
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }
  const grow = (): void => {
    const [oldKeys, oldResults] = [keys, results]
    keys = new Float64Array(oldKeys.length * 2)
    results = new Uint8Array(keys.length)
    for (let at = 0; at < oldKeys.length; at++) {
      if (oldKeys[at] === 0) continue
      const slot = slotOf(oldKeys[at]!)
      keys[slot] = oldKeys[at]!
      results[slot] = oldResults[at]!
    }
  }
  return (a, b) => {
    const key = pairOf(a, b)
    const slot = slotOf(key)
    if (keys[slot] === key) return results[slot]!
    const result = compare(a, b)
    keys[slot] = key
    results[slot] = result
    if (++used * 2 > keys.length) grow()
    return result
  }
}

/** A set of pairs of two different numbers below 2^26, with how often each was added (at most 255). */
export function createPairSet() {
  let keys = new Float64Array(1 << 16)
  let counts = new Uint8Array(1 << 16)
  let size = 0
  const add = (key: number, count: number): void => {
    const mask = keys.length - 1
    let slot = hash(key) & mask
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask
    if (keys[slot] === 0) {
      keys[slot] = key
      size++
    }
    counts[slot] = Math.min(255, counts[slot]! + count)
  }
  const grow = (): void => {
    const [oldKeys, oldCounts] = [keys, counts]
    keys = new Float64Array(oldKeys.length * 2)
    counts = new Uint8Array(keys.length)
    size = 0
    for (let at = 0; at < oldKeys.length; at++) if (oldKeys[at] !== 0) add(oldKeys[at]!, oldCounts[at]!)
  }
  return {
    size: () => size,
    add: (a: number, b: number): void => {
      add(pairOf(a, b), 1)
      if (size * 2 > keys.length) grow()
    },
    has: (a: number, b: number): boolean => {
      const key = pairOf(a, b)
      const mask = keys.length - 1
      let slot = hash(key) & mask
      while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask
      return keys[slot] === key
    },
    /** All pairs, sorted, so that the comparisons of one record are near each other in memory. */
    sorted: (): Float64Array => keys.filter((key) => key !== 0).sort(),
  }
}
