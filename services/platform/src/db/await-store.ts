import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../serve/log.ts'

/** Less than the chart allows for a start (probes.startupSeconds), so that a wait for a store ends with its reason, not with a kill. */
const PATIENCE_MS = 45_000
const PAUSE_MS = 1_000

const NOT_REACHED = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']
const STARTING = '57P03'
/** No such table, no such function, not granted yet: the migration that runs at the same time has not come so far. */
const NOT_MIGRATED = ['42P01', '42883', '42501']
/** JetStream without a leader, without enough servers for a stream yet, or not in a cluster yet. */
const NOT_GATHERED = [10008, 10005, 10074]
const COMING = new Set<string | number>([...NOT_REACHED, STARTING, ...NOT_MIGRATED, ...NOT_GATHERED])
/** Errors without a code: time-outs of the database driver, and no answer from JetStream. */
const COMING_NAMES = new Set(['TimeoutError', 'NoRespondersError', 'JetStreamNotEnabled'])
const COMING_TEXT = /connection timeout|timeout exceeded/

/**
 * Repeats `look` while a store or its content is not there yet. The processes of a platform start at the same time. A
 * process that ended instead would be restarted after a delay that grows each time.
 * @throws the error of `look`: immediately when waiting would not help, after 45 seconds otherwise
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

/** drizzle, fetch and the NATS client wrap the original error. */
function isComing(error: unknown): boolean {
  const { code, name, message, cause } = error as { code?: string | number; name?: string; message?: string; cause?: unknown }
  if (COMING.has(code ?? '') || COMING_NAMES.has(name ?? '') || COMING_TEXT.test(message ?? '')) return true
  return cause !== undefined && isComing(cause)
}
