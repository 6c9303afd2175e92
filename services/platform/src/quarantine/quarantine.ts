/** The quarantine of a service: what its queries, mutations, queue and migrations need of it. */

import type { Handler } from '../events/inbox.ts'
import type { QueueEntry } from '../work/queue.ts'
import { deadLetters, WATCHED_LETTERS } from './dead-letters.ts'
import { type Kinds, kindsByTable } from './kinds.ts'
import { parkedWork, type QuarantineKind, type Watched } from './quarantine-kind.ts'

type Watching = {
  readonly queues: readonly Pick<QueueEntry<never>, 'table' | 'isLeased'>[]
  readonly quarantine?: readonly Watched[] | undefined
}

/** Parked rows of queues that have no kind of their own. */
export const parkedQueues = ({ queues, quarantine = [] }: Watching): QuarantineKind<never>[] => {
  const named = new Set(quarantine.map(({ table }) => table))
  const tables = new Set(queues.flatMap(({ table, isLeased }) => (isLeased && !named.has(table) ? [table] : [])))
  return [...tables].map((table) => parkedWork(table))
}

/** All kinds of a service, by their tables. */
export const allKinds = (
  name: string,
  service: Watching & { handlers: readonly Handler[]; quarantine?: readonly QuarantineKind<never>[] },
): Kinds => kindsByTable([deadLetters(name, service.handlers), ...parkedQueues(service), ...(service.quarantine ?? [])])

/** The tables that migrations watch. */
export const watchedBy = (service: Watching): readonly Watched[] => [
  WATCHED_LETTERS,
  ...parkedQueues(service),
  ...(service.quarantine ?? []),
]
