import { before, type Conditions, equals, from, isIdOf, matching, requireId } from '@renmai/platform/db/filters'
import { followed } from '@renmai/platform/db/moved-ids'
import type { ListArgs, Listed } from '@renmai/platform/db/read-page'
import { type SQL, sql } from 'drizzle-orm'
import type { ConsentFilter } from '../gen/resolvers.ts'
import { merged } from '../profiles/merged-customer.table.ts'
import { profileCustomers } from '../profiles/profile-customer.table.ts'
import { profileIdentifiers } from '../profiles/profile-identifier.table.ts'
import { consents } from './consent.table.ts'

const CONDITIONS: Conditions<ConsentFilter> = {
  state: equals(consents.status),
  purpose: equals(consents.purpose),
  channel: equals(consents.channel),
  profileId: isIdOf(consents.profileId),
  customerId: (id, field) => aboutCustomer(followed(merged, sql`${requireId(id, field)}::uuid`)),
  statedFrom: from(consents.at),
  statedBefore: before(consents.at),
}

type Args = ListArgs & { filter?: ConsentFilter | null | undefined }

/** The condition that a fact is about a profile of a customer, or about an address that one of them carries. */
export const aboutCustomer = (customerId: SQL): SQL =>
  sql`coalesce(${consents.identifierId}, ${consents.profileId}) IN (
    SELECT m.profile_id FROM ${profileCustomers} m WHERE m.tenant_id = ${consents.tenantId} AND m.customer_id = ${customerId}
    UNION ALL
    SELECT i.identifier_id FROM ${profileCustomers} m
    JOIN ${profileIdentifiers} i ON i.tenant_id = m.tenant_id AND i.profile_id = m.profile_id
    WHERE m.tenant_id = ${consents.tenantId} AND m.customer_id = ${customerId})`

/** The facts that a filter leaves, the last recorded first. */
export const listConsents = ({ filter }: Args): Listed<typeof consents> => ({
  table: consents,
  by: consents.id,
  order: 'desc',
  orders: { STATED_AT: consents.at },
  where: matching(CONDITIONS, filter),
})
