import { withTenant } from '@renmai/platform/db/db'
import { crashPoint } from '@renmai/platform/serve/crash-point'
import { AppError, isTransient } from '@renmai/platform/serve/errors'
import { queue } from '@renmai/platform/work/queue'
import type { Deps } from '../context.ts'
import { estimateOfJob, type Using } from './estimate-of-job.ts'
import { endJob, inOwnJob, leaseJob, releaseJob } from './lease-job.ts'
import type { MatchJob } from './match-model.table.ts'
import { queueProfiles } from './queue-profiles.ts'
import { regroupPage } from './regroup-page.ts'

/** While the queue works on the profiles of a job, the job is read again after this time. */
const WAIT_S = 1
/** Claims of the tenant come first between two pages of a regrouping, which hold the lock of the graph. */
const REST_S = 0.1
const MAX_FAILURES = 5
const MAX_TRANSIENT = 300

/**
 * Works on jobs about all profiles of a tenant. A job about a model puts them into the queue of comparisons page by page, no faster than they are
 * finished there, so that profiles that change meanwhile do not wait behind it; a regrouping groups them page by page. A page and the position of the next one are committed
 * together: a worker that dies neither loses nor repeats one.
 */
export const runMatchJobs = queue('match_jobs', (deps: Deps) => ({
  name: 'match-jobs',
  lanes: 2,
  due: [{ waiting: "state IN ('WAITING', 'RUNNING')", at: 'next_at' }],
  work: async (tenantId) => {
    const job = await withTenant(deps.db, tenantId, leaseJob)
    if (!job) return 0
    try {
      await work(deps, job)
    } catch (error) {
      await fail(deps, job, error)
    }
    return 1
  },
}))

async function work(deps: Using & Pick<Deps, 'now'>, job: MatchJob): Promise<void> {
  if (job.kind === 'REGROUP') return regroup(deps, job)
  const progress = await inOwnJob(deps.db, job, async (tx) => {
    const { isQueued, waiting } = await queueProfiles(tx, job)
    const isDone = isQueued && waiting === 0
    if (isDone && job.kind === 'PROPOSE') await endJob(tx, job.id, 'complete')
    if (!isDone) await releaseJob(tx, job.id, WAIT_S, 0)
    crashPoint('uncommitted')
    return { isDone }
  })
  if (progress?.isDone && job.kind === 'TRAIN') await estimateOfJob(deps, job)
}

async function regroup({ db, now }: Pick<Deps, 'db' | 'now'>, job: MatchJob): Promise<void> {
  await inOwnJob(db, job, async (tx) => {
    const isLast = await regroupPage(tx, job, now())
    await (isLast ? endJob(tx, job.id, 'complete') : releaseJob(tx, job.id, REST_S, 0))
    crashPoint('uncommitted')
  })
}

/** A failure that may pass is retried for about a day. */
async function fail({ db, log }: Deps, job: MatchJob, error: unknown): Promise<void> {
  if (!(error instanceof AppError)) log.error({ err: error, job: job.id, tenant: job.tenantId }, 'a job about matching failed')
  const isFixed = error instanceof AppError && !isTransient(error) && error.code !== 'INTERNAL'
  const failures = job.failures + 1
  await inOwnJob(db, job, async (tx) => {
    if (isFixed || failures > (isTransient(error) ? MAX_TRANSIENT : MAX_FAILURES))
      return endJob(tx, job.id, 'fail', { errorCode: codeOf(error) })
    return releaseJob(tx, job.id, Math.min(300, 2 ** failures), failures)
  })
}

const codeOf = (error: unknown) => (error instanceof AppError ? (error.details.reason ?? error.code) : 'INTERNAL')
