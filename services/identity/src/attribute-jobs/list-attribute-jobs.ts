import { anyOf, type Conditions, isIdOf, isPresent, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import type { AttributeJobFilter } from '../gen/resolvers.ts'
import { type AttributeJob, attributeJobs } from './attribute-job.table.ts'

const CONDITIONS: Conditions<AttributeJobFilter> = {
  fieldId: isIdOf(attributeJobs.fieldId),
  kinds: anyOf(attributeJobs.kind),
  isEnded: isPresent(attributeJobs.endedAt),
}

/** A page of the jobs that meet the filter, newest first unless the arguments state another order. */
export const listAttributeJobs = (
  ctx: Context,
  { filter, ...args }: ListArgs & { filter?: AttributeJobFilter | null | undefined },
): Promise<Connection<AttributeJob>> =>
  readPage(ctx, args, {
    table: attributeJobs,
    by: attributeJobs.id,
    order: 'desc',
    orders: { CREATED_AT: attributeJobs.createdAt },
    where: matching(CONDITIONS, filter),
  })
