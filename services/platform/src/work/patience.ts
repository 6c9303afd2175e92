/**
 * The pause of each tenant of a queue: growing after failures, a moment after it finds nothing, a multiple of the
 * duration after work that took long.
 */
export type Patience = {
  /** Milliseconds until the tenant may be worked for again; 0 for now. */
  restOf: (tenantId: string) => number
  succeeded: (tenantId: string) => void
  /** @returns the number of consecutive failures */
  failed: (tenantId: string) => number
  foundNothing: (tenantId: string) => void
  /** Starts the rest of a tenant whose work took long; nothing ends this rest early. */
  tired: (tenantId: string, ms: number) => void
  /** Ends the rest of tenants that found nothing, because something has changed. */
  lookAgain: () => void
  /** Drops tenants that have no work any more, so that memory holds only tenants with work. */
  keepOnly: (tenantIds: ReadonlySet<string>) => void
}

const [FIRST_MS, MAX_MS] = [400, 15_000]
const NOTHING_MS = 250

/** @param now milliseconds of a clock that never goes back */
export function createPatience(now: () => number = () => performance.now(), chance: () => number = Math.random): Patience {
  const resting = new Map<string, { failures: number; until: number; isTired?: true }>()
  const failuresOf = (tenantId: string) => resting.get(tenantId)?.failures ?? 0
  return {
    restOf: (tenantId) => Math.max(0, (resting.get(tenantId)?.until ?? 0) - now()),
    succeeded: (tenantId) => void resting.delete(tenantId),
    failed: (tenantId) => {
      const failures = failuresOf(tenantId) + 1
      const pause = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20))
      resting.set(tenantId, { failures, until: now() + pause * (0.5 + chance() / 2) })
      return failures
    },
    foundNothing: (tenantId) => void resting.set(tenantId, { failures: failuresOf(tenantId), until: now() + NOTHING_MS }),
    tired: (tenantId, ms) => void resting.set(tenantId, { failures: 0, until: now() + Math.min(MAX_MS, ms), isTired: true }),
    lookAgain: () => {
      for (const [tenantId, { failures, isTired }] of resting) if (failures === 0 && !isTired) resting.delete(tenantId)
    },
    keepOnly: (tenantIds) => {
      for (const [tenantId, { until }] of resting) if (until < now() && !tenantIds.has(tenantId)) resting.delete(tenantId)
    },
  }
}
