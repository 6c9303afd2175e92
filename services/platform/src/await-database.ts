import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from './log.ts'

/** Less than a start may take by the chart (probes.startupSeconds), so that a wait ends with its reason, not with a kill. */
const PATIENCE_MS = 45_000
const PAUSE_MS = 1_000

const NOT_REACHED = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']
const STARTING = '57P03'
/** No such table, no such function, not granted yet: the migration that runs beside us has not come so far. */
const NOT_MIGRATED = ['42P01', '42883', '42501']
const COMING = new Set([...NOT_REACHED, STARTING, ...NOT_MIGRATED])

/**
 * Repeats `look` while the database or its schema is not there yet: whole platforms start at once, and a process that ends
 * instead is started again later each time.
 * @throws what `look` throws, at once when waiting would not help, after 45 seconds otherwise
 */
export async function awaitDatabase<T>(log: Log, look: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const end = performance.now() + patienceMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (!isComing(error) || performance.now() > end) throw error
      log.warn({ err: error }, 'the database is not ready yet: waiting')
      await sleep(PAUSE_MS)
    }
  }
}

/** drizzle wraps what PostgreSQL says; the driver's own time-outs have no code. */
function isComing(error: unknown): boolean {
  const { code, message, cause } = error as { code?: string; message?: string; cause?: unknown }
  return COMING.has(code ?? '') || /connection timeout|timeout exceeded/.test(message ?? '') || (cause !== undefined && isComing(cause))
}
