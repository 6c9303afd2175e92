import type { Db } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { findWork, type Waiting } from './find-work.ts'
import { type Loop, loop } from './loop.ts'
import { failures, oldestSeconds } from './metrics.ts'
import { createPatience, type Patience } from './patience.ts'
import type { Queue } from './queue.ts'

/** The transaction that adds work wakes the queue. The poll finds work that was not announced. */
const POLL_MS = 5_000
const LANES = 2
/** After this time a lane has claimed its batch: rows that are due then are not part of it. */
const CLAIMED_MS = 20

/** A batch that took less than this does not count as long. */
const LONG_MS = 100

/**
 * Works through one queue. A tenant whose work fails, is slow or finds nothing does not delay others: each tenant fails
 * separately and has at most its share of the lanes. Of the waiting tenants, the one with the fewest lanes is next,
 * chosen at random among equals.
 */
export function runQueue({ relayDb, log }: { relayDb: Db; log: Log }, queue: Queue): Loop {
  const { name, lanes = LANES, perTenant = Math.max(1, Math.floor(lanes / 2)), rest = 0, hasRoom = () => true } = queue
  const stopping = new AbortController()
  const [busy, patience] = [createLanes(), createPatience()]
  let timer: NodeJS.Timeout | undefined
  const work = async (tenantId: string) => {
    const began = performance.now()
    try {
      const done = await queue.work(tenantId, stopping.signal)
      const longMs = performance.now() - began - LONG_MS
      if (done > 0 && longMs > 0 && rest > 0) patience.tired(tenantId, longMs * rest)
      else if (done > 0) patience.succeeded(tenantId)
      else patience.foundNothing(tenantId)
    } catch (error) {
      failures.add(1, { queue: name })
      log.error({ err: error, queue: name, tenant: tenantId, failures: patience.failed(tenantId) }, 'work failed, it is tried again')
    }
  }
  const run = loop(name, log, { pollMs: queue.pollMs ?? POLL_MS }, async () => {
    const found = await findWork(relayDb, queue)
    oldestSeconds.record(Math.max(0, ...found.map(({ inMs }) => -inMs)) / 1_000, { queue: name })
    patience.keepOnly(new Set(found.map(({ tenantId }) => tenantId)))
    const started = new Set<string>()
    const isReady = ({ tenantId, inMs }: Waiting) =>
      inMs <= 0 && patience.restOf(tenantId) === 0 && !started.has(tenantId) && busy.of(tenantId) < perTenant && hasRoom(tenantId)
    while (busy.count() < lanes && !stopping.signal.aborted) {
      const next = pick(found.filter(isReady), busy.of)
      if (!next) break
      started.add(next)
      busy.start(next, work(next), run.wake)
    }
    clearTimeout(timer)
    timer = setTimeout(run.wake, Math.min(soonest(found, patience), started.size > 0 ? CLAIMED_MS : Infinity)).unref()
    return 0
  })
  const wake = () => {
    patience.lookAgain()
    run.wake()
  }
  queue.onStart?.(wake)
  const stop = async () => {
    stopping.abort()
    clearTimeout(timer)
    await run.stop()
    await busy.settled()
    await queue.onStop?.()
  }
  return { name, wake, stop }
}

/** Time until the next piece is due or the rest of the next tenant ends. Due work without a lane waits for a lane that ends. */
function soonest(found: readonly Waiting[], patience: Patience): number {
  const times = found.map(({ tenantId, inMs }) => Math.max(inMs, patience.restOf(tenantId))).filter((ms) => ms > 0)
  // A timer that is longer than this fires immediately.
  return Math.min(2 ** 31 - 1, ...times.map(Math.ceil))
}

function pick(ready: readonly Waiting[], lanesOf: (tenantId: string) => number): string | undefined {
  const fewest = Math.min(...ready.map(({ tenantId }) => lanesOf(tenantId)))
  const first = ready.filter(({ tenantId }) => lanesOf(tenantId) === fewest)
  return first[Math.floor(Math.random() * first.length)]?.tenantId
}

/** The running work, by tenant. */
function createLanes() {
  const lanes = new Map<Promise<void>, string>()
  return {
    count: () => lanes.size,
    of: (tenantId: string) => [...lanes.values()].filter((one) => one === tenantId).length,
    start: (tenantId: string, working: Promise<void>, onEnd: () => void) => {
      const lane = working.finally(() => {
        lanes.delete(lane)
        onEnd()
      })
      lanes.set(lane, tenantId)
    },
    settled: () => Promise.all(lanes.keys()),
  }
}
