/** Time over which earlier use is forgotten, in ms. */
const MEMORY_MS = 1_000
/** Part of the use of each running request that is counted in advance: a burst is seen as it begins. */
const AHEAD_MS = 50
const MAX_IDLE = 1_000

/** Running requests over time, of which the past counts less and less. */
class Use {
  #value = 0
  #at: number
  running = 0

  constructor(now: number) {
    this.#at = now
  }

  /** The integral of the running requests, each moment weighted by exp(-age / MEMORY_MS), in ms. */
  read(now: number): number {
    const kept = Math.exp((this.#at - now) / MEMORY_MS)
    return this.#value * kept + this.running * MEMORY_MS * (1 - kept)
  }

  change(by: 1 | -1, now: number): void {
    this.#value = this.read(now)
    this.#at = now
    this.running += by
  }
}

/** The use that each tenant made of the places recently: how many it had, and for how long. */
export class RecentUse {
  readonly #all = new Use(performance.now())
  readonly #of = new Map<string, Use>()

  /** A request of the tenant begins or ends. */
  change(tenantId: string, by: 1 | -1): void {
    const now = performance.now()
    const use = this.#of.get(tenantId) ?? new Use(now)
    use.change(by, now)
    this.#all.change(by, now)
    this.#of.set(tenantId, use)
    if (this.#of.size > MAX_IDLE) this.#forget(now)
  }

  /** Whether the tenant used less than an equal part among so many tenants, one more request included. */
  isLight(tenantId: string, tenants: number): boolean {
    const now = performance.now()
    const use = this.#of.get(tenantId)
    const own = (use?.read(now) ?? 0) + ((use?.running ?? 0) + 1) * AHEAD_MS
    return own * tenants < this.#all.read(now) + this.#all.running * AHEAD_MS
  }

  #forget(now: number): void {
    for (const [tenantId, use] of this.#of) if (use.running === 0 && use.read(now) < 1) this.#of.delete(tenantId)
  }
}
