import { tenantLoader } from '@renmai/platform/loader'
import type { BaseContext } from '@renmai/platform/mutate'
import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import { type Consent, consents } from './consents/consent.table.ts'
import { type Decision, decisions } from './decisions/decision.table.ts'
import { profileCustomers } from './profiles/profile-customer.table.ts'
import { type Purpose, purposes } from './purposes/purpose.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

const MAX_ROWS = 10_000

export function createLoaders(ctx: BaseContext) {
  return {
    /** Facts by customer, oldest first. */
    consents: tenantLoader<Consent[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profileCustomers.customerId, consent: consents })
        .from(consents)
        .innerJoin(
          profileCustomers,
          and(eq(profileCustomers.tenantId, consents.tenantId), eq(profileCustomers.profileId, consents.profileId)),
        )
        .where(and(eq(consents.tenantId, tx.tenantId), inArray(profileCustomers.customerId, [...ids])))
        .orderBy(asc(consents.at), asc(consents.seq))
        .limit(MAX_ROWS)
      return new Map([...Map.groupBy(rows, (row) => row.customerId)].map(([id, mine]) => [id, mine.map((row) => row.consent)]))
    }),
    decisions: tenantLoader<Decision[]>(ctx, async (tx, ids) => {
      const rows = await tx
        .select({ customerId: profileCustomers.customerId, decision: decisions })
        .from(decisions)
        .innerJoin(
          profileCustomers,
          and(eq(profileCustomers.tenantId, decisions.tenantId), eq(profileCustomers.profileId, decisions.profileId)),
        )
        .where(and(eq(decisions.tenantId, tx.tenantId), inArray(profileCustomers.customerId, [...ids])))
        .orderBy(desc(decisions.id))
        .limit(MAX_ROWS)
      return new Map([...Map.groupBy(rows, (row) => row.customerId)].map(([id, mine]) => [id, mine.map((row) => row.decision)]))
    }),
    purpose: tenantLoader<Purpose>(ctx, async (tx, keys) => {
      const rows = await tx
        .select()
        .from(purposes)
        .where(and(eq(purposes.tenantId, tx.tenantId), inArray(purposes.key, [...keys])))
      return new Map(rows.map((row) => [row.key, row]))
    }),
  }
}
