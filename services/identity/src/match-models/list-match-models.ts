import { before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import type { Context } from '../context.ts'
import type { MatchModelFilter } from '../gen/resolvers.ts'
import { type MatchModel, matchModels } from './match-model.table.ts'

const CONDITIONS: Conditions<MatchModelFilter> = {
  state: equals(matchModels.state),
  createdFrom: from(matchModels.createdAt),
  createdBefore: before(matchModels.createdAt),
}

/** A page of the models that meet the filter, newest first unless the arguments state another order. */
export const listMatchModels = (
  ctx: Context,
  { filter, ...args }: ListArgs & { filter?: MatchModelFilter | null | undefined },
): Promise<Connection<MatchModel>> =>
  readPage(ctx, args, {
    table: matchModels,
    by: matchModels.id,
    order: 'desc',
    orders: { CREATED_AT: matchModels.createdAt },
    where: matching(CONDITIONS, filter),
  })
