import { hash } from 'node:crypto'

const REMEMBERED_MS = 30_000
const MAX_BYTES = 16 * 1024 ** 2
/** A key's digest, and the memory that Node needs for an entry. */
const ENTRY_BYTES = 512

export type Memory<T> = {
  /**
   * Finds a value, or returns the one found recently.
   * @param key everything that decides the value, part by part: joined as one text, two different keys could be equal
   */
  recall: (key: readonly string[], find: () => Promise<T>) => Promise<T>
  /** Drops values that may not be valid any more, also those that are being found now. */
  forget: (isMeant: (value: T) => boolean) => void
}

type Options<T> = {
  /** When a value ends, in ms since 1970. */
  endOf?: (value: T) => number
  /** Bytes that a value takes, where they may be many. */
  sizeOf?: (value: T) => number
}

/** Keeps found values for 30 seconds, within a number of bytes; a failure is not kept. */
export function createMemory<T>({ endOf = () => Number.POSITIVE_INFINITY, sizeOf = () => 0 }: Options<T> = {}): Memory<T> {
  const remembered = new Map<string, { value: T; until: number; bytes: number }>()
  let [forgotten, total] = [0, 0]
  const drop = (digest: string) => {
    total -= remembered.get(digest)?.bytes ?? 0
    remembered.delete(digest)
  }
  return {
    recall: async (key, find) => {
      // Only digests of credentials are kept.
      const digest = hash('sha256', JSON.stringify(key), 'base64url')
      const known = remembered.get(digest)
      if (known && known.until > Date.now()) return known.value
      const before = forgotten
      const value = await find()
      if (before !== forgotten) return value
      drop(digest)
      const bytes = ENTRY_BYTES + sizeOf(value)
      remembered.set(digest, { value, until: Math.min(Date.now() + REMEMBERED_MS, endOf(value)), bytes })
      total += bytes
      while (total > MAX_BYTES) drop(remembered.keys().next().value!)
      return value
    },
    forget: (isMeant) => {
      forgotten++
      for (const [digest, { value }] of remembered) if (isMeant(value)) drop(digest)
    },
  }
}
