const REMEMBERED_MS = 30_000
const MAX_REMEMBERED = 10_000

/** Finds a value by a key, or takes the one found lately. */
export type Remember<T> = (key: string, find: () => Promise<T>) => Promise<T>

/**
 * Keeps what was found for 30 seconds; what could not be found is looked for again each time.
 * @param endOf when a value stops being good, in ms since 1970
 */
export function createMemory<T>(endOf: (value: T) => number = () => Number.POSITIVE_INFINITY): Remember<T> {
  const remembered = new Map<string, { value: T; until: number }>()
  return async (key, find) => {
    const known = remembered.get(key)
    if (known && known.until > Date.now()) return known.value
    const value = await find()
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, { value, until: Math.min(Date.now() + REMEMBERED_MS, endOf(value)) })
    return value
  }
}
