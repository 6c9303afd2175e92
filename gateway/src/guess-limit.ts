import { AppError } from '@renmai/platform/errors'
import { RateLimiterMemory } from 'rate-limiter-flexible'

const SECONDS = 60
const PER_KEY = 20
const PER_ADDRESS = 200

export type GuessLimit = {
  /**
   * Runs a check of a key unless too many failed.
   * @throws AppError RATE_LIMITED after 20 refusals of the same key id or 200 from the same address within a minute
   */
  limit: <T>(address: string, key: string, check: () => Promise<T>) => Promise<T>
}

/** Ends guessing at keys before each guess costs a question to identity. A token of staff costs none to refuse. */
export function createGuessLimit(): GuessLimit {
  const [keys, addresses] = [
    new RateLimiterMemory({ points: PER_KEY, duration: SECONDS }),
    new RateLimiterMemory({ points: PER_ADDRESS, duration: SECONDS }),
  ]
  return {
    limit: async (address, key, check) => {
      const keyId = key.split('_')[3] ?? ''
      const seen = await Promise.all([keys.get(keyId), addresses.get(address)])
      if (seen.some((one) => one && one.remainingPoints <= 0))
        throw new AppError('RATE_LIMITED', 'Too many keys were refused; wait a minute and send a valid one')
      try {
        return await check()
      } catch (error) {
        // Rejects when that was one too many, which the next one is told.
        if (error instanceof AppError && error.code === 'UNAUTHENTICATED')
          await Promise.allSettled([keys.consume(keyId), addresses.consume(address)])
        throw error
      }
    },
  }
}
