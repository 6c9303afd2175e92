import type { QueueEntry } from '@renmai/platform/work/queue'
import type { Deps } from './context.ts'
import { publishOlderIdentifiers } from './profiles/publish-older-identifiers.ts'

/** Queues of identity. */
export const queues: QueueEntry<Deps>[] = [publishOlderIdentifiers]
