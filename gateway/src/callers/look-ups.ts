import { hash } from 'node:crypto'
import { AppError } from '@renmai/platform/serve/errors'
import { createRefusals } from '@renmai/platform/serve/refusals'

export type LookUps = {
  /**
   * Runs the check of a key.
   * @throws the errors of the check; UNAVAILABLE when too many keys that were never good wait for their check
   */
  run: <T>(key: string, check: () => Promise<T>) => Promise<T>
}

/**
 * Limits for checks of keys that were never good: running, and waiting. A check takes identity about a millisecond and one of the
 * ten connections to its database: with more than a few at a time, queries of other tenants wait for a connection.
 */
const [AT_ONCE, WAITING] = [4, 1_000]
/** So that guessing costs a connection. */
const REFUSAL_MS = 1_000
const MAX_PROVEN = 50_000

/**
 * Bounds the work that unknown keys cause. Secrets have 256 bits, so guessing needs no limit. A limit could also not
 * distinguish a guesser from its victim: a key id is public, and behind a proxy all clients may have one address. A key that
 * was good is checked without waiting. The others share a few places, and a refused caller waits for its refusal. No caller
 * waits because of another caller's address.
 */
export function createLookUps(refusalMs = REFUSAL_MS): LookUps {
  const proven = new Set<string>()
  const queue: (() => void)[] = []
  const waitToRefuse = createRefusals('UNAUTHENTICATED', refusalMs)
  let running = 0
  const prove = (digest: string) => {
    proven.delete(digest)
    if (proven.size >= MAX_PROVEN) proven.delete(proven.values().next().value!)
    proven.add(digest)
  }
  const place = async <T>(work: () => Promise<T>): Promise<T> => {
    if (queue.length >= WAITING) throw new AppError('UNAVAILABLE', 'Too many keys wait to be checked; try again')
    if (running >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next) next()
      else running--
    }
  }
  const refuse = async (error: unknown): Promise<never> => {
    await waitToRefuse(error)
    throw error
  }
  return {
    run: async (key, check) => {
      const digest = hash('sha256', key, 'base64url')
      const value = await (proven.has(digest) ? check() : place(check).catch(refuse))
      prove(digest)
      return value
    },
  }
}
