import { contains, equals, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import { and, gt, isNotNull, isNull, lte, or, type SQL } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { ApiClientFilter, ApiClientState } from '../gen/resolvers.ts'
import { type ApiClient, apiClients } from './api-client.table.ts'

const [kind, nameContains] = [equals(apiClients.kind), contains(apiClients.name)]

/** A page of the tenant's API clients. */
export function listApiClients(
  ctx: Context,
  args: ListArgs & { filter?: ApiClientFilter | null | undefined },
): Promise<Connection<ApiClient>> {
  const now = ctx.now()
  const where = matching<ApiClientFilter>({ kind, nameContains, state: (state) => isIn(state, now) }, args.filter)
  const orders = { NAME: apiClients.name, CREATED_AT: apiClients.createdAt }
  return readPage(ctx, args, { table: apiClients, by: apiClients.id, orders, where })
}

/** As `stateOf` of api-client.rules.ts. */
function isIn(state: ApiClientState, now: Date): SQL | undefined {
  const { revokedAt, expiresAt } = apiClients
  if (state === 'REVOKED') return isNotNull(revokedAt)
  return and(isNull(revokedAt), state === 'EXPIRED' ? lte(expiresAt, now) : or(isNull(expiresAt), gt(expiresAt, now)))
}
