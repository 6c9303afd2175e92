import type { Db } from '../db/db.ts'
import type { Log } from '../serve/log.ts'
import { countParked } from './count-parked.ts'
import { listenForWork } from './listen-for-work.ts'
import type { Loop } from './loop.ts'
import type { QueueEntry } from './queue.ts'
import { runQueue } from './run-queue.ts'

/** Works through all queues of a service until they are stopped. */
export function runQueues<D extends { readonly relayDb: Db; readonly log: Log }>(deps: D, entries: readonly QueueEntry<D>[]): Loop[] {
  if (entries.length === 0) return []
  const queues = entries.map((entry) => entry.start(deps))
  const running = queues.map((queue) => ({ table: queue.table, run: runQueue(deps, queue) }))
  const wakes = new Map([...Map.groupBy(running, ({ table }) => table)].map(([table, group]) => [table, group.map(({ run }) => run.wake)]))
  return [...running.map(({ run }) => run), listenForWork(deps.relayDb, deps.log, wakes), countParked(deps, queues)]
}
