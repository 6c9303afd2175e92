import { rowsById, rowsOf, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import { desc, sql } from 'drizzle-orm'
import { auditCheckpoints } from './audit/audit.table.ts'
import { consents } from './consents/consent.table.ts'
import { decisions } from './decisions/decision.table.ts'
import { ofCustomer } from './profiles/profile-customer.table.ts'
import { purposes } from './purposes/purpose.table.ts'

export type Loaders = ReturnType<typeof createLoaders>

const MAX_FACTS = 10_000
const MAX_ITEMS = 100

export const createLoaders = (ctx: BaseContext) => ({
  auditCheckpoint: rowsById(ctx, auditCheckpoints),
  consent: rowsById(ctx, consents),
  /** Facts of a customer, newest first. */
  consents: rowsOf(ctx, {
    table: consents,
    of: through(consents.profileId, ofCustomer),
    order: sql`${consents.at} DESC, ${consents.seq} DESC`,
    perParent: MAX_FACTS,
  }),
  decisions: rowsOf(ctx, {
    table: decisions,
    of: through(decisions.profileId, ofCustomer),
    order: desc(decisions.id),
    perParent: MAX_ITEMS,
  }),
  purpose: rowsById(ctx, purposes, { by: 'key' }),
})
