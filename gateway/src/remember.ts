const REMEMBERED_MS = 30_000
const MAX_REMEMBERED = 10_000

export type Memory<T> = {
  /** Finds a value by a key, or takes the one found lately. */
  recall: (key: string, find: () => Promise<T>) => Promise<T>
  /** Drops what may not hold any more, also what is being found just now. */
  forget: (isMeant: (value: T) => boolean) => void
}

/**
 * Keeps what was found for 30 seconds; what could not be found is looked for again each time.
 * @param endOf when a value stops being good, in ms since 1970
 */
export function createMemory<T>(endOf: (value: T) => number = () => Number.POSITIVE_INFINITY): Memory<T> {
  const remembered = new Map<string, { value: T; until: number }>()
  let forgotten = 0
  return {
    recall: async (key, find) => {
      const known = remembered.get(key)
      if (known && known.until > Date.now()) return known.value
      const before = forgotten
      const value = await find()
      if (before !== forgotten) return value
      if (remembered.size >= MAX_REMEMBERED) remembered.clear()
      remembered.set(key, { value, until: Math.min(Date.now() + REMEMBERED_MS, endOf(value)) })
      return value
    },
    forget: (isMeant) => {
      forgotten++
      for (const [key, { value }] of remembered) if (isMeant(value)) remembered.delete(key)
    },
  }
}
