type Entry<T> = { value: T; bytes: number; owner: string }

export type SharedCache<T> = {
  /** Finds what is kept, and counts it as used. */
  get: (key: string) => T | undefined
  set: (key: string, owner: string, bytes: number, value: T) => void
  /** What is kept, the latest used first. */
  latest: (most: number) => T[]
}

/**
 * Keeps what was used last, up to so many bytes in all. When there is no room the owner with the most bytes loses what they
 * have not used for longest, so that nothing of anybody's is driven out by another who sends ever new things.
 * @param maxBytes by the estimates of the callers of set()
 */
export function createSharedCache<T>(maxBytes: number): SharedCache<T> {
  const entries = new Map<string, Entry<T>>()
  /** Keys of each owner, in the order of their use, and their bytes. */
  const owners = new Map<string, { keys: Set<string>; bytes: number }>()
  let total = 0
  const drop = (key: string) => {
    const { owner, bytes } = entries.get(key)!
    const held = owners.get(owner)!
    entries.delete(key)
    held.keys.delete(key)
    held.bytes -= bytes
    total -= bytes
    if (held.keys.size === 0) owners.delete(owner)
  }
  const makeRoom = () => {
    while (total > maxBytes) {
      let largest: { keys: Set<string>; bytes: number } | undefined
      for (const held of owners.values()) if (!largest || held.bytes > largest.bytes) largest = held
      drop(largest!.keys.values().next().value!)
    }
  }
  const put = (key: string, entry: Entry<T>) => {
    const held = owners.get(entry.owner) ?? { keys: new Set<string>(), bytes: 0 }
    owners.set(entry.owner, held)
    held.keys.add(key)
    held.bytes += entry.bytes
    total += entry.bytes
    entries.set(key, entry)
  }
  return {
    get: (key) => {
      const found = entries.get(key)
      if (!found) return undefined
      drop(key)
      put(key, found)
      return found.value
    },
    set: (key, owner, bytes, value) => {
      if (bytes > maxBytes) return
      if (entries.has(key)) drop(key)
      put(key, { value, bytes, owner })
      makeRoom()
    },
    latest: (most) =>
      [...entries.values()]
        .slice(-most)
        .map(({ value }) => value)
        .toReversed(),
  }
}
