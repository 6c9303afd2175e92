/** In the order of service: the first is served first and refused last. */
export const PRIORITIES = ['PERSIST', 'MUTATION', 'QUERY', 'EXPORT'] as const
export type Priority = (typeof PRIORITIES)[number]

/** Tenant and priority of a request. */
export type Place = { tenantId: string; priority: Priority }

type Share<T> = { running: number; waiting: Record<Priority, T[]> }

/**
 * Chooses the next request when tenants share a resource: the tenant with the fewest running requests, and its most
 * important request. Reads are taken newest first, since the callers of the oldest have stopped waiting; all other
 * requests in their order.
 */
export class FairQueue<T> {
  readonly #shares = new Map<string, Share<T>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  waitingOf(tenantId: string): number {
    const share = this.#shares.get(tenantId)
    return share ? PRIORITIES.reduce((sum, priority) => sum + share.waiting[priority].length, 0) : 0
  }

  runningOf(tenantId: string): number {
    return this.#shares.get(tenantId)?.running ?? 0
  }

  add({ tenantId, priority }: Place, item: T): void {
    this.#shareOf(tenantId).waiting[priority].push(item)
    this.#size++
  }

  remove({ tenantId, priority }: Place, item: T): void {
    const queue = this.#shareOf(tenantId).waiting[priority]
    const at = queue.indexOf(item)
    if (at >= 0) this.#size -= queue.splice(at, 1).length
    this.#forget(tenantId)
  }

  begin(tenantId: string): void {
    this.#shareOf(tenantId).running++
  }

  end(tenantId: string): void {
    this.#shareOf(tenantId).running--
    this.#forget(tenantId)
  }

  /** Removes and returns the next request. The tenant that is served becomes the last among those with as many running. */
  take(isAllowed: (tenantId: string, priority: Priority) => boolean): (Place & { item: T }) | undefined {
    let found: { tenantId: string; share: Share<T>; priority: Priority } | undefined
    for (const [tenantId, share] of this.#shares) {
      if (found && found.share.running <= share.running) continue
      const priority = PRIORITIES.find((each) => share.waiting[each].length > 0 && isAllowed(tenantId, each))
      if (priority) found = { tenantId, share, priority }
    }
    if (!found) return undefined
    const { tenantId, share, priority } = found
    this.#size--
    this.#shares.delete(tenantId)
    this.#shares.set(tenantId, share)
    const queue = share.waiting[priority]
    return { tenantId, priority, item: (priority === 'QUERY' ? queue.pop() : queue.shift())! }
  }

  /** Removes and returns all requests. */
  clear(): T[] {
    const items = [...this.#shares.values()].flatMap(({ waiting }) => PRIORITIES.flatMap((priority) => waiting[priority].splice(0)))
    this.#size = 0
    return items
  }

  #shareOf(tenantId: string): Share<T> {
    const known = this.#shares.get(tenantId)
    if (known) return known
    const made: Share<T> = { running: 0, waiting: { PERSIST: [], MUTATION: [], QUERY: [], EXPORT: [] } }
    this.#shares.set(tenantId, made)
    return made
  }

  #forget(tenantId: string): void {
    if (this.#shares.get(tenantId)?.running === 0 && this.waitingOf(tenantId) === 0) this.#shares.delete(tenantId)
  }
}
