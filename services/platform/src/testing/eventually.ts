import { setTimeout as sleep } from 'node:timers/promises'

const STUCK_MS = 120_000
const BETWEEN_MS = 50

/**
 * Repeats a check until it holds, and returns its result. The limit only ends a check that is stuck: no test depends on
 * the speed of the machine.
 * @param check throws, or rejects, as long as it does not hold
 * @throws the last error of the check, when it never held
 */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  for (const until = Date.now() + STUCK_MS; ; await sleep(BETWEEN_MS))
    try {
      return await check()
    } catch (error) {
      if (Date.now() > until) throw error
    }
}

/** Repeats a search until it finds a value, and returns the value. */
export const eventuallyFound = <T>(find: () => Promise<T | null | undefined>): Promise<T> =>
  eventually(async () => {
    const found = await find()
    if (found === null || found === undefined) throw new Error(`Never found by ${find}`)
    return found
  })
