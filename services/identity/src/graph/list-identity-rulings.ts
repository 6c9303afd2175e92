import { before, type Conditions, equals, from, isIdOf, matching, requireId } from '@renmai/platform/db/filters'
import { followed } from '@renmai/platform/db/moved-ids'
import { type ListArgs, readPage } from '@renmai/platform/db/read-page'
import type { Connection } from '@renmai/platform/serve/page'
import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { merged } from '../customers/customer.table.ts'
import type { IdentityRulingFilter } from '../gen/resolvers.ts'
import { naming, profilesOf } from './naming.queries.ts'
import { type IdentityRuling, rulings } from './ruling.table.ts'

const CONDITIONS: Conditions<IdentityRulingFilter> = {
  kind: equals(rulings.kind),
  holds: equals(rulings.holds),
  profileId: (id, field) => naming(sql`ARRAY[${requireId(id, field)}::uuid]`),
  customerId: (id, field) => naming(profilesOf(followed(merged, sql`${requireId(id, field)}::uuid`))),
  batchId: isIdOf(rulings.batchId),
  decidedFrom: from(rulings.decidedAt),
  decidedBefore: before(rulings.decidedAt),
}

/** A page of rulings that meet the filter, oldest first unless the arguments state another order. */
export function listIdentityRulings(
  ctx: Context,
  { filter, ...args }: ListArgs & { filter?: IdentityRulingFilter | null | undefined },
): Promise<Connection<IdentityRuling>> {
  return readPage(ctx, args, {
    table: rulings,
    by: rulings.id,
    orders: { DECIDED_AT: rulings.decidedAt },
    where: matching(CONDITIONS, filter),
  })
}
