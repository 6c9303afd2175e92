import { before, type Conditions, equals, from, matching } from '@renmai/platform/db/filters'
import { tenantLoader } from '@renmai/platform/db/loader'
import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { and, eq, or } from 'drizzle-orm'
import type {
  CustomerIdentityCannotLinksArgs,
  CustomerIdentityEvidenceArgs,
  CustomerIdentityMergesArgs,
  CustomerMergeFilter,
  EvidenceFilter,
} from '../gen/resolvers.ts'
import { naming, profilesOf } from '../graph/graph.ts'
import { rulings } from '../graph/ruling.table.ts'
import { profiles } from '../profiles/profile.table.ts'
import { survivorsOf } from './customer.queries.ts'
import { type Customer, customerMerges, evidence } from './customer.table.ts'

const ofCustomer = { table: profiles, from: profiles.customerId, to: profiles.id }

const EVIDENCE: Conditions<EvidenceFilter> = {
  namespace: equals(evidence.namespace),
  rule: equals(evidence.rule),
  state: equals(evidence.state),
}
const MERGES: Conditions<CustomerMergeFilter> = {
  kind: equals(customerMerges.kind),
  decidedFrom: from(customerMerges.decidedAt),
  decidedBefore: before(customerMerges.decidedAt),
}

/** Loaders of customers for resolvers. Each uses one statement, whatever the number of customers. */
export const customerLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  customer: tenantLoader<Customer>(ctx, survivorsOf),
  evidence: rowsById(ctx, evidence),
  evidenceOf: pagesOf(
    ctx,
    (id) => or(through(evidence.profileId, ofCustomer)(id), through(evidence.linkedProfileId, ofCustomer)(id))!,
    ({ filter }: CustomerIdentityEvidenceArgs) => ({
      table: evidence,
      by: evidence.id,
      order: 'desc',
      orders: { FOUND_AT: evidence.foundAt, WEIGHT: evidence.weight },
      where: matching(EVIDENCE, filter),
    }),
  ),
  merge: rowsById(ctx, customerMerges),
  mergesOf: pagesOf(
    ctx,
    (id) => or(eq(customerMerges.survivorId, id), eq(customerMerges.absorbedId, id))!,
    ({ filter }: CustomerIdentityMergesArgs) => ({
      table: customerMerges,
      by: customerMerges.id,
      order: 'desc',
      orders: { DECIDED_AT: customerMerges.decidedAt },
      where: matching(MERGES, filter),
    }),
  ),
  cannotLinksOf: pagesOf(
    ctx,
    (id) => naming(profilesOf(id)),
    (_args: CustomerIdentityCannotLinksArgs) => ({
      table: rulings,
      by: rulings.id,
      order: 'desc',
      orders: { DECIDED_AT: rulings.decidedAt },
      where: and(eq(rulings.kind, 'CANNOT_LINK'), eq(rulings.holds, true)),
    }),
  ),
})
