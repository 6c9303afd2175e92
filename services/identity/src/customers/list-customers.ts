import { before, type Conditions, from, matching } from '@renmai/platform/db/filters'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import type { Connection } from '@renmai/platform/serve/page'
import { and, type SQL, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { CustomerFilter } from '../gen/resolvers.ts'
import { identifiers, profiles } from '../profiles/profile.table.ts'
import { profileTags } from '../tags/tag.table.ts'
import { isSurvivor } from './customer.queries.ts'
import { type Customer, customers } from './customer.table.ts'

const MAX_TAGS = 100

type Args = ListArgs & { filter?: CustomerFilter | null | undefined }

/**
 * A page of the customers that are not merged into another.
 * @throws AppError INVALID for more tags than a filter may have
 */
export function listCustomers(ctx: Context, args: Args): Promise<Connection<Customer>> {
  const where = and(isSurvivor, matching(conditionsFor(ctx.viewer.tenantId), args.filter))
  return readPage(ctx, args, { table: customers, by: customers.id, orders: { CREATED_AT: customers.createdAt }, where })
}

const conditionsFor = (tenantId: string): Conditions<CustomerFilter> => ({
  createdFrom: from(customers.createdAt),
  createdBefore: before(customers.createdAt),
  tagIds: (ids, field) => {
    if (ids.length > MAX_TAGS) throw new AppError('INVALID', `At most ${MAX_TAGS} tags in a filter`, { [field]: `at most ${MAX_TAGS}` })
    return hasTag(tenantId, ids.filter(isId))
  },
  source: (source) => hasProfile(tenantId, sql`${profiles.source} = ${source}`),
  hasIdentifier: (namespace) => hasIdentifierOf(tenantId, namespace),
})

const hasProfile = (tenantId: string, which: SQL): SQL =>
  sql`${customers.id} IN (SELECT ${profiles.customerId} FROM ${profiles} WHERE ${profiles.tenantId} = ${tenantId} AND ${which})`

const hasTag = (tenantId: string, tagIds: string[]): SQL =>
  hasProfile(
    tenantId,
    sql`${profiles.id} IN (SELECT ${profileTags.profileId} FROM ${profileTags} WHERE ${profileTags.tenantId} = ${tenantId}
      AND ${profileTags.tagId} = ANY(${sql.param(tagIds)}::uuid[]) AND ${profileTags.removedAt} IS NULL)`,
  )

const hasIdentifierOf = (tenantId: string, namespace: string): SQL =>
  hasProfile(
    tenantId,
    sql`EXISTS (SELECT 1 FROM ${identifiers} WHERE ${identifiers.tenantId} = ${tenantId}
      AND ${identifiers.profileId} = ${profiles.id} AND ${identifiers.namespace} = ${namespace})`,
  )
