import { createHistogram } from 'node:perf_hooks'

const SAMPLE_MS = 10
const LOOP_MS = 200
const POOL_MS = 500
const NS_PER_MS = 1e6

const [loop, pool] = [createHistogram(), createHistogram()]
let isSampling = false

/** Counts how long a caller waited for a database connection. */
export function notePoolWait(ms: number): void {
  pool.record(Math.max(1, Math.round(ms * NS_PER_MS)))
}

/**
 * How late this process is, since the last reading: above 1 the event loop comes 200 ms late or a database connection is
 * waited for 500 ms (p99). One reader per process.
 */
export function readPressure(): number {
  sampleLoop()
  const found = Math.max(msOf(loop.percentile(99)) / LOOP_MS, msOf(pool.percentile(99)) / POOL_MS)
  loop.reset()
  pool.reset()
  return found
}

const msOf = (ns: number) => (Number.isFinite(ns) ? ns / NS_PER_MS : 0)

/** Node's own monitor drops the first delay after each reset, and with it every delay longer than a period. */
function sampleLoop(): void {
  if (isSampling) return
  isSampling = true
  let due = performance.now() + SAMPLE_MS
  setInterval(() => {
    loop.record(Math.max(1, Math.round((performance.now() - due) * NS_PER_MS)))
    due = performance.now() + SAMPLE_MS
  }, SAMPLE_MS).unref()
}
