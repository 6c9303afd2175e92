type Entry<T> = { value: T; bytes: number; owner: string }

export type SharedCache<T> = {
  /** Returns a stored value, and counts it as used. */
  get: (key: string) => T | undefined
  set: (key: string, owner: string, bytes: number, value: T) => void
  /** The stored values, the latest used first. */
  latest: (most: number) => T[]
}

/**
 * Keeps the values that were used last, up to a limit in bytes. Without room for a new value, the owner with the most
 * bytes loses the value that it has not used for longest. So an owner that always stores new values does not evict the
 * values of others.
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
