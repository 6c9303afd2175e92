import { setImmediate } from 'node:timers/promises'
import { AppError } from '../serve/errors.ts'

/** A caller's item that waits for the write of its tenant. */
type Waiting<I, O> = {
  readonly item: I
  readonly since: number
  readonly resolve: (answer: O) => void
  readonly reject: (error: unknown) => void
}

type Options<I> = {
  /** How much an item adds to a write. */
  readonly sizeOf: (item: I) => number
  /** A write holds at most this much, or one item. */
  readonly most: number
  /**
   * How long a caller waits for its answer, in milliseconds. An item that has waited so long is refused instead of written: with
   * more to do than can be done, each item would otherwise be written after its caller has given up.
   */
  readonly patienceMs: number
}

/** A failure of the database fails the items one by one as well, only later. */
const OF_ALL: readonly string[] = ['UNAVAILABLE', 'STORAGE_UNAVAILABLE', 'TIMEOUT']

/**
 * Combines the writes of several callers for one tenant: items that arrive during a write of their tenant form the next one (group
 * commit). Tenants do not wait for each other. When a write of several items fails, each is written by itself, so that no caller gets
 * the error of another one.
 * @param write gives one answer per item, in their order
 */
export function groupTenantWrites<I, O>(
  write: (tenantId: string, items: readonly I[]) => Promise<readonly O[]>,
  { sizeOf, most, patienceMs }: Options<I>,
): (tenantId: string, item: I) => Promise<O> {
  const queues = new Map<string, Waiting<I, O>[]>()

  async function settle(tenantId: string, group: readonly Waiting<I, O>[]): Promise<void> {
    if (group.length === 0) return
    try {
      const answers = await write(
        tenantId,
        group.map(({ item }) => item),
      )
      for (const [index, { resolve }] of group.entries()) resolve(answers[index]!)
    } catch (error) {
      const isOfOne = group.length > 1 && !(error instanceof AppError && OF_ALL.includes(error.code))
      if (isOfOne) for (const one of group) await settle(tenantId, [one])
      else for (const { reject } of group) reject(error)
    }
  }

  async function run(tenantId: string, queue: Waiting<I, O>[]): Promise<void> {
    // Requests of one packet of the network arrive one after the other.
    await setImmediate()
    while (queue.length > 0) {
      refuseLate(queue, patienceMs)
      await settle(tenantId, takeGroup(queue, sizeOf, most))
    }
    queues.delete(tenantId)
  }

  return (tenantId, item) =>
    new Promise<O>((resolve, reject) => {
      const known = queues.get(tenantId)
      const queue = known ?? []
      queue.push({ item, since: performance.now(), resolve, reject })
      if (known) return
      queues.set(tenantId, queue)
      void run(tenantId, queue)
    })
}

/** The oldest are first. */
function refuseLate<I, O>(queue: Waiting<I, O>[], patienceMs: number): void {
  while (queue[0] && performance.now() - queue[0].since > patienceMs)
    queue.shift()!.reject(new AppError('UNAVAILABLE', 'There is too much to do; try again'))
}

function takeGroup<I, O>(queue: Waiting<I, O>[], sizeOf: (item: I) => number, most: number): Waiting<I, O>[] {
  let [count, size] = [0, 0]
  for (const { item } of queue) {
    size += sizeOf(item)
    if (count > 0 && size > most) break
    count++
  }
  return queue.splice(0, count)
}
