import { pause } from '../serve/clock.ts'
import type { Log } from '../serve/log.ts'

/** Work that repeats for as long as the process runs. */
export type Loop = { readonly name: string; wake: () => void; stop: () => Promise<void> }

const MAX_BACKOFF_MS = 15_000

/**
 * Calls work repeatedly: immediately while it finds something, after pollMs or a wake-up when it finds nothing, and
 * with growing pauses while it fails.
 * @param work returns the number of pieces that it did
 */
export function loop(name: string, log: Log, options: { pollMs: number }, work: (signal: AbortSignal) => Promise<number>): Loop {
  const stopping = new AbortController()
  let sleeping = new AbortController()
  let isAwake = false
  const wake = () => {
    isAwake = true
    sleeping.abort()
  }
  const run = async () => {
    // Lets the caller store the loop before its work can use it.
    await Promise.resolve()
    let failures = 0
    while (!stopping.signal.aborted) {
      isAwake = false
      sleeping = new AbortController()
      try {
        const done = await work(stopping.signal)
        failures = 0
        if (done > 0 || isAwake) continue
        await pause(options.pollMs, AbortSignal.any([stopping.signal, sleeping.signal]))
      } catch (error) {
        failures++
        log.error({ err: error, loop: name, failures }, 'loop failed, trying again')
        await pause(Math.min(MAX_BACKOFF_MS, 200 * 2 ** failures) * (0.5 + Math.random() / 2), stopping.signal)
      }
    }
  }
  const ended = run()
  return {
    name,
    wake,
    stop: () => {
      stopping.abort()
      return ended
    },
  }
}
