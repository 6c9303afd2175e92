import { createHistogram } from 'node:perf_hooks'
import { meter } from '../serve/meter.ts'

const SAMPLE_MS = 10
const LOOP_MS = 200
const POOL_MS = 500
const NS_PER_MS = 1e6

const [loop, pool] = [createHistogram(), createHistogram()]
let isSampling = false

const loopDelay = meter.createGauge('renmai_event_loop_delay_seconds', {
  description: 'Delay of the event loop (recent p99)',
  unit: 's',
})
const poolWait = meter.createGauge('renmai_pool_wait_seconds', {
  description: 'Wait for a database connection (recent p99)',
  unit: 's',
})

/** Records the wait of a caller for a database connection. */
export function notePoolWait(ms: number): void {
  pool.record(Math.max(1, Math.round(ms * NS_PER_MS)))
}

/**
 * Pressure of this process since the last reading. Above 1, the event loop is 200 ms late or a database connection is
 * waited for 500 ms (p99). Only one reader per process.
 */
export function readPressure(): number {
  sampleLoop()
  const [loopMs, poolMs] = [msOf(loop.percentile(99)), msOf(pool.percentile(99))]
  loopDelay.record(loopMs / 1_000)
  poolWait.record(poolMs / 1_000)
  loop.reset()
  pool.reset()
  return Math.max(loopMs / LOOP_MS, poolMs / POOL_MS)
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
