import { setTimeout as sleep } from 'node:timers/promises'

const STUCK_MS = 120_000
const BETWEEN_MS = 50

/**
 * Repeats a check until it holds, and returns what it returned. The limit only ends what is stuck: no test depends on
 * how fast the machine is.
 * @param check throws, or rejects, as long as it does not hold
 * @throws what the check threw last, when it never held
 */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  for (const until = Date.now() + STUCK_MS; ; await sleep(BETWEEN_MS))
    try {
      return await check()
    } catch (error) {
      if (Date.now() > until) throw error
    }
}

/** The same for what is looked for: returns it when it is there. */
export const eventuallyFound = <T>(find: () => Promise<T | null | undefined>): Promise<T> =>
  eventually(async () => {
    const found = await find()
    if (found === null || found === undefined) throw new Error(`Never found by ${find}`)
    return found
  })
