import { hash } from 'node:crypto'
import { pause } from '@renmai/platform/serve/clock'
import { AppError } from '@renmai/platform/serve/errors'

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
/** How long a refusal takes, so that guessing costs a connection, and how many may wait at a time, since each takes memory. */
const [REFUSAL_MS, REFUSALS] = [1_000, 1_000]
/** A refusal takes longer by up to this part of itself, at random: callers refused together would return together and delay all others. */
const SPREAD = 1
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
  let [running, refusing] = [0, 0]
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
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED' && refusing < REFUSALS) {
      refusing++
      await pause(refusalMs * (1 + Math.random() * SPREAD))
      refusing--
    }
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
