import { connect } from '@renmai/platform/db/db'
import { armCrashPoint, type CrashPoint } from '@renmai/platform/serve/crash-point'
import { createLog } from '@renmai/platform/serve/log'
import { runQueues } from '@renmai/platform/work/run-queues'
import type { Deps } from '../../src/context.ts'
import { runMatchJobs } from '../../src/match-models/run-match-jobs.ts'
import { matchProfiles } from '../../src/match-pairs/match-profiles.ts'
import { ring } from '../fixture.ts'

/** Works on jobs about matching until it is killed: by its parent, or by itself at a crash point. */
const [app = '', relay = '', point] = process.argv.slice(2)
armCrashPoint(point as CrashPoint | undefined)
const deps = {
  db: connect(app, { max: 6 }),
  relayDb: connect(relay, { max: 3 }),
  keyRing: ring,
  now: () => new Date(),
  log: createLog('match-worker', 'silent'),
}
runQueues(deps as unknown as Deps, [matchProfiles, runMatchJobs])
