import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../serve/log.ts'

/** Less than a start may take by the chart (probes.startupSeconds), so that a wait for one store ends with its reason, not with a kill. */
const PATIENCE_MS = 45_000
const PAUSE_MS = 1_000

const NOT_REACHED = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']
const STARTING = '57P03'
/** No such table, no such function, not granted yet: the migration that runs beside us has not come so far. */
const NOT_MIGRATED = ['42P01', '42883', '42501']
/** JetStream without a leader, without enough servers for a stream yet, or not in a cluster yet. */
const NOT_GATHERED = [10008, 10005, 10074]
const COMING = new Set<string | number>([...NOT_REACHED, STARTING, ...NOT_MIGRATED, ...NOT_GATHERED])
/** What has no code: the database driver's time-outs, and nobody who answers for JetStream. */
const COMING_NAMES = new Set(['TimeoutError', 'NoRespondersError', 'JetStreamNotEnabled'])
const COMING_TEXT = /connection timeout|timeout exceeded/

/**
 * Repeats `look` while a store or what is kept in it is not there yet: whole platforms start at once, and a process that
 * ends instead is started again later each time.
 * @throws what `look` throws, at once when waiting would not help, after 45 seconds otherwise
 */
export async function awaitStore<T>(log: Log, look: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const end = performance.now() + patienceMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (!isComing(error) || performance.now() > end) throw error
      log.warn({ err: error }, 'a store is not ready yet: waiting')
      await sleep(PAUSE_MS)
    }
  }
}

/** drizzle, fetch and the NATS client wrap what they were told. */
function isComing(error: unknown): boolean {
  const { code, name, message, cause } = error as { code?: string | number; name?: string; message?: string; cause?: unknown }
  if (COMING.has(code ?? '') || COMING_NAMES.has(name ?? '') || COMING_TEXT.test(message ?? '')) return true
  return cause !== undefined && isComing(cause)
}
