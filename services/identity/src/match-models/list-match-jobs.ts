import { before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import type { MatchJobFilter } from '../gen/resolvers.ts'
import { type MatchJob, matchJobs } from './match-model.table.ts'

const CONDITIONS: Conditions<MatchJobFilter> = {
  kind: equals(matchJobs.kind),
  state: equals(matchJobs.state),
  createdFrom: from(matchJobs.createdAt),
  createdBefore: before(matchJobs.createdAt),
}

/** A page of the jobs that meet the filter, newest first unless the arguments state another order. */
export const listMatchJobs = (
  ctx: Context,
  { filter, ...args }: ListArgs & { filter?: MatchJobFilter | null | undefined },
): Promise<Connection<MatchJob>> =>
  readPage(ctx, args, {
    table: matchJobs,
    by: matchJobs.id,
    order: 'desc',
    orders: { CREATED_AT: matchJobs.createdAt },
    where: matching(CONDITIONS, filter),
  })
