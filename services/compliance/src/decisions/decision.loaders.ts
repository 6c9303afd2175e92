import { pagesOf } from '@renmai/platform/db/read-page'
import { rowsById, through } from '@renmai/platform/db/rows-by-id'
import type { BaseContext } from '@renmai/platform/serve/mutate'
import type { Cursors } from '@renmai/platform/serve/page'
import { ofCustomer } from '../profiles/profile-customer.table.ts'
import { decisions } from './decision.table.ts'
import { listDecisions } from './list-decisions.ts'

export const decisionLoaders = (ctx: BaseContext & { readonly cursors: Cursors }) => ({
  decision: rowsById(ctx, decisions),
  decisionsOfCustomer: pagesOf(ctx, through(decisions.profileId, ofCustomer), listDecisions),
})
