import { setImmediate } from 'node:timers/promises'

/**
 * Computes while the database works on the query that `reading` has sent. Both have ended before an error is thrown: nothing goes on
 * in a transaction that has ended.
 */
export async function whileReading<A, B>(reading: Promise<A>, compute: () => B): Promise<[A, B]> {
  const [read, computed] = await Promise.allSettled([reading, setImmediate().then(compute)])
  if (read.status === 'rejected') throw read.reason
  if (computed.status === 'rejected') throw computed.reason
  return [read.value, computed.value]
}
