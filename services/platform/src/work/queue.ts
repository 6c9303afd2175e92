/** SQL for the rows of a table that wait, and for the time from which each is due. An index that begins with tenant_id serves both. */
export type Due = {
  readonly waiting: string
  /** Time from which a row is due. */
  readonly at: string
  /** An expression with the same order as `at`, when the index holds another column. */
  readonly by?: string
}

/**
 * Work that waits in a table of this database, tenant by tenant. There are two kinds: inside (claim, effects and next
 * state commit together) and outside (another system is called between the claim and its record).
 */
export type Queue = {
  readonly name: string
  readonly table: string
  readonly due: readonly Due[]
  /** Number of pieces of work that run concurrently in one process. */
  readonly lanes?: number
  /** Maximum number of them for one tenant: half, unless less is given. */
  readonly perTenant?: number
  /**
   * After a batch that took long, its tenant rests for so many times the duration of the batch. For work whose duration
   * a tenant decides: it uses the time of the database, which all tenants share.
   */
  readonly rest?: number
  /** Whether the table has the columns of leased(), so that parked rows can be counted. */
  readonly parks?: boolean
  /** Longest sleep of the queue without a wake-up, in milliseconds. */
  readonly pollMs?: number
  /** Whether more work of a tenant fits. The code that makes room calls wake. */
  readonly hasRoom?: (tenantId: string) => boolean
  /**
   * Does a batch of one tenant's work.
   * @returns the number of pieces that it claimed; 0 lets the tenant rest for a moment
   * @throws any error: the tenant is retried later, after a growing pause; the others continue
   */
  readonly work: (tenantId: string, signal: AbortSignal) => Promise<number>
  /** Called with the function that wakes the queue. */
  readonly onStart?: (wake: () => void) => void
  /** Waits for the work that work() started and did not wait for. */
  readonly onStop?: () => Promise<void>
}

/** An entry in the list of queues of a service. The name of the table is known without a running service: migrations need it. */
export type QueueEntry<D> = {
  readonly table: string
  /** Whether the table has all columns of leased(), and parks rows by itself. */
  readonly isLeased?: boolean
  readonly start: (deps: D) => Queue
}

/** A queue whose work claims and records for itself. */
export function queue<D>(table: string, describe: (deps: D) => Omit<Queue, 'table'>): QueueEntry<D> {
  return { table, start: (deps) => ({ ...describe(deps), table }) }
}
