import { tenantLoader } from '@renmai/platform/db/loader'
import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { and, asc, desc, eq, inArray, or } from 'drizzle-orm'
import { attributeValues } from '../attributes/attribute.table.ts'
import { contactCards } from '../contact-cards/contact-card.table.ts'
import { identifiers, profiles } from '../profiles/profile.table.ts'
import { survivorsOf } from './customer.queries.ts'
import { type Customer, customerDecisions, evidence } from './customer.table.ts'

/** A profile has at most one value for each field, and this is the maximum number of a tenant's fields. */
const MAX_VALUES = 1_000
const MAX_ITEMS = 100
const ofCustomer = { table: profiles, from: profiles.customerId, to: profiles.id }

/** Loaders of customers for resolvers. Each uses one statement, whatever the number of customers. */
export const customerLoaders = (ctx: BaseContext) => ({
  customer: tenantLoader<Customer>(ctx, survivorsOf),
  profiles: rowsOf(ctx, { table: profiles, of: (id) => eq(profiles.customerId, id), order: asc(profiles.id), perParent: MAX_ITEMS }),
  namespaces: tenantLoader<{ profileId: string; namespace: string }[]>(ctx, async (tx, ids) =>
    Map.groupBy(
      await tx
        .selectDistinct({ profileId: identifiers.profileId, namespace: identifiers.namespace })
        .from(identifiers)
        .where(and(eq(identifiers.tenantId, tx.tenantId), inArray(identifiers.profileId, [...ids])))
        .orderBy(asc(identifiers.namespace)),
      (row) => row.profileId,
    ),
  ),
  attributes: rowsOf(ctx, {
    table: attributeValues,
    of: (id) => and(eq(attributeValues.isMapped, true), through(attributeValues.profileId, ofCustomer)(id))!,
    order: asc(attributeValues.key),
    perParent: MAX_VALUES,
  }),
  names: tenantLoader<{ profileId: string; sealed: Buffer }>(ctx, async (tx, ids) => {
    const rows = await tx
      .select({ customerId: profiles.customerId, profileId: profiles.id, sealed: contactCards.sealed })
      .from(contactCards)
      .innerJoin(profiles, and(eq(profiles.tenantId, contactCards.tenantId), eq(profiles.id, contactCards.profileId)))
      .where(and(eq(contactCards.tenantId, tx.tenantId), eq(contactCards.field, 'display_name'), inArray(profiles.customerId, [...ids])))
      .orderBy(asc(contactCards.observedAt))
    return new Map(rows.map((row) => [row.customerId, row]))
  }),
  evidence: rowsOf(ctx, { table: evidence, of: through(evidence.profileId, ofCustomer), order: desc(evidence.at), perParent: MAX_ITEMS }),
  decision: rowsById(ctx, customerDecisions),
  decisions: rowsOf(ctx, {
    table: customerDecisions,
    of: (id) => or(eq(customerDecisions.survivorId, id), eq(customerDecisions.absorbedId, id))!,
    order: desc(customerDecisions.id),
    perParent: MAX_ITEMS,
  }),
})
