/** Which rows of a table wait, and from when on each is due; SQL over the table. An index begins with tenant_id and serves both. */
export type Due = {
  readonly waiting: string
  /** A moment. */
  readonly at: string
  /** What orders the rows as `at` does, where the index holds another column. */
  readonly by?: string
}

/**
 * Work that waits in a table of this database, tenant by tenant. It is of one of two kinds: inside (claim, effects and next
 * state commit together) or outside (somebody is called between the claim and its record).
 */
export type Queue = {
  readonly name: string
  readonly table: string
  readonly due: readonly Due[]
  /** Pieces of work under way at the same time in one process. */
  readonly lanes?: number
  /** How many of them one tenant may have: half, unless less is given. */
  readonly perTenant?: number
  /**
   * For how many times the time of a batch that took long its tenant rests. For work whose length a tenant decides: the time
   * is the database's, which all share.
   */
  readonly rest?: number
  /** Whether the table has the columns of leased(), so that what is parked can be counted. */
  readonly parks?: boolean
  /** How long the queue sleeps when nothing wakes it. */
  readonly pollMs?: number
  /** Whether more of a tenant's work fits; whoever makes room calls wake. */
  readonly hasRoom?: (tenantId: string) => boolean
  /**
   * Does a batch of one tenant's work.
   * @returns how many pieces it took; 0 lets the tenant rest for a moment
   * @throws anything: the tenant is tried again later, after a growing pause; the others go on
   */
  readonly work: (tenantId: string, signal: AbortSignal) => Promise<number>
  /** Called with the function that makes the queue look again. */
  readonly onStart?: (wake: () => void) => void
  /** Waits for what work() began and did not wait for. */
  readonly onStop?: () => Promise<void>
}

/** An entry of a service's table of contents of queues. The table is known without a running service: migrations need it. */
export type QueueEntry<D> = { readonly table: string; readonly start: (deps: D) => Queue }

/** A queue whose work claims and records for itself. */
export function queue<D>(table: string, describe: (deps: D) => Omit<Queue, 'table'>): QueueEntry<D> {
  return { table, start: (deps) => ({ ...describe(deps), table }) }
}
