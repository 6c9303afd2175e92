import type { QueueEntry } from '@renmai/platform/work/queue'
import { runAttributeJobs } from './attribute-jobs/run-attribute-jobs.ts'
import type { Deps } from './context.ts'
import { runMatchJobs } from './match-models/run-match-jobs.ts'
import { matchProfiles } from './match-pairs/match-profiles.ts'
import { publishOlderIdentifiers } from './profiles/publish-older-identifiers.ts'

/** Queues of identity. */
export const queues: QueueEntry<Deps>[] = [publishOlderIdentifiers, matchProfiles, runMatchJobs, runAttributeJobs]
